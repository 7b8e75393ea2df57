import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { LARGEST_DOCUMENT } from '../../base/limits.ts'
import { present } from '../../base/present.ts'
import { counted, whole } from '../../base/values/number-text.ts'
import type { FileLimit } from '../../formats/disk/file-limit.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { fileParts, readBytes } from '../../formats/disk/read-file.ts'
import { OpenReplacement, replaceFile } from '../../formats/disk/replace-file.ts'
import { type DocumentFormat, isPackage } from '../../language/markup/document/formats.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { openMemory } from '../lines/open-memory.ts'
import { readGlossary } from '../lines/read-glossary.ts'
import { loadTextTranslator } from '../lines/text-translator.ts'
import { lineOf } from '../terminal/failure.ts'
import { openProgress } from '../terminal/progress.ts'
import type { DocumentJob, FileReport } from './document-job.ts'
import { translateDocuments } from './documents.ts'
import { type FileJob, fileJobs } from './file-jobs.ts'
import type { TranslateCommandOptions } from './options.ts'

const document: FileLimit = { what: 'a document', most: LARGEST_DOCUMENT, code: 'ERR_INPUT' }

/** `glassformer translate FILE… --output PATH`: translates files and folders to files and folders. */
export async function translateFiles(inputs: readonly string[], command: TranslateCommandOptions): Promise<void> {
  const output = present(command.output)
  const jobs = inputs.length
    ? fileJobs({ inputs, output, format: command.format, hasColumns: command.columns !== undefined })
    : [{ input: null, output, format: formatOfInput(command), size: 0 }]
  const documents = jobs.flatMap(({ input, output, format, size }): DocumentJob[] => {
    if (format === null) return []
    const open = () => {
      const folder = dirname(output)
      if (jobs.length === 1 && !existsSync(folder)) process.stderr.write(`glassformer: making the folder ${folder}\n`)
      makeFolder(folder)
      return new OpenReplacement(output)
    }
    if (input === null) return [{ name: 'standard input', format, size, read: readStandardInput, open }]
    const read = () => readBytes(input, document)
    return [{ name: input, format, size, read, ...(isPackage(format) && { path: input }), open }]
  })
  const translated = await run(documents, command)
  const copies = jobs.filter((job): job is FileJob => job.format === null)
  const copied = copies.filter(isCopied).length
  if (jobs.length === 1 && translated) process.stderr.write(`glassformer: written: ${jobs[0].output}\n`)
  if (jobs.length > 1)
    process.stderr.write(
      `${counted(translated, 'file')} translated, ${whole(copied)} copied, ${whole(jobs.length - translated - copied)} failed: ${output}\n`,
    )
}

/** `glassformer translate --format NAME < FILE`: translates a document from standard input to standard output. */
export async function translateInput(command: TranslateCommandOptions): Promise<void> {
  const write = async (bytes: Uint8Array) => {
    if (!process.stdout.write(bytes)) await new Promise<void>((resolve) => process.stdout.once('drain', resolve))
  }
  const open = () => ({ write, end() {}, abandon() {} })
  const format = formatOfInput(command)
  await run([{ name: 'standard input', format, size: 0, read: readStandardInput, open }], command)
}

function formatOfInput({ format }: TranslateCommandOptions): DocumentFormat {
  if (format) return format
  throw new GlassformerError('ERR_OPTION', 'standard input has no name that says its format: give it by --format')
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > LARGEST_DOCUMENT)
      throw new GlassformerError(
        'ERR_INPUT',
        `it has more than ${whole(LARGEST_DOCUMENT)} bytes, the most that a document may have`,
      )
  }
  return Buffer.concat(chunks)
}

async function run(documents: readonly DocumentJob[], command: TranslateCommandOptions): Promise<number> {
  const { model, backend, precision, threads, workers, batchTokens, progress: asked, from, to, ...others } = command
  const { output, format, json, ids, explain, glossary: file, memory: memoryFile, report: reportFile, ...rest } = others
  const { tokenizer, assistant, mergeAdapter: adapter, adapters, mapped, yes: download, ...search } = rest
  const glossary = file === undefined ? undefined : await readGlossary(file)
  const memory = await openMemory(memoryFile)
  const options = { ...search, sourceLanguage: from, targetLanguage: to, glossary, memory }
  const how = { backend, precision, threads, workers, batchTokens, tokenizer, assistant, adapter, adapters, mapped }
  const load = { ...resolveLoadOptions(how), download }
  const translator = await loadTextTranslator(model, load)
  const bytes = documents.reduce((sum, { size }) => sum + size, 0)
  const progress = await openProgress(output === undefined ? false : asked, bytes || null, 'text')
  const reports: string[] = []
  const report = (document: string, told: FileReport) => reports.push(`${JSON.stringify({ document, ...told })}\n`)
  try {
    const written = await translateDocuments(documents, {
      translator,
      options,
      workers: load.workers,
      progress,
      report,
    })
    if (reportFile !== undefined) replaceFile(reportFile, [Buffer.from(reports.join(''))])
    return written
  } finally {
    progress.end()
    await translator.close()
  }
}

/** Copies a file. Where copying fails, standard error says why, and the command fails at its end. */
function isCopied({ input, output }: FileJob): boolean {
  try {
    makeFolder(dirname(output))
    replaceFile(output, fileParts(input))
    return true
  } catch (error) {
    if (!(error instanceof GlassformerError)) throw error
    process.exitCode = 1
    process.stderr.write(`${lineOf(error, `${input}: `)}\n`)
    return false
  }
}
