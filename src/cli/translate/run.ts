import { fstatSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import { SINGLE_FILE } from '../../formats/tensors/safetensors-header.ts'
import type { Format } from '../../language/markup/document/formats.ts'
import { prefixOf } from '../../use/pipelines/prefix.ts'
import {
  isFailure,
  type Outcome,
  onCallingThread,
  PoolTranslator,
  resolveLoadOptions,
} from '../../use/translate/calls/index.ts'
import { pivot } from '../../use/translate/pivot.ts'
import type { TokenVocabulary } from '../../use/translate/sentences/index.ts'
import type { Alternative, Source } from '../../use/translate/translation/translation.ts'
import { batchOf, readBatches } from '../lines/line-batches.ts'
import { openMemory } from '../lines/open-memory.ts'
import { render } from '../lines/outcome.ts'
import { readGlossary } from '../lines/read-glossary.ts'
import { loadTextTranslator } from '../lines/text-translator.ts'
import { translateBatches } from '../lines/translate-batches.ts'
import { openProgress, type Progress, silent } from '../terminal/progress.ts'
import type { TranslateCommandOptions } from './options.ts'

/** The most characters of all texts, and the most bytes of a model's one file of weights, that are quick. */
const CHARACTERS = 500
const BYTES = 32e6

/**
 * Whether texts are translated sooner on the calling thread than by a thread that must start first: there are a few
 * words, and the model is small. Until they are translated, Ctrl-C waits.
 */
function isQuick(
  texts: readonly string[],
  { model, workers, assistant }: Pick<TranslateCommandOptions, 'model' | 'workers' | 'assistant'>,
): boolean {
  if (!texts.length || workers !== undefined || assistant !== undefined) return false
  return texts.reduce((sum, { length }) => sum + length, 0) <= CHARACTERS && bytesOf(model) <= BYTES
}

function bytesOf(model: string | undefined): number {
  try {
    return statSync(join(modelFolder(model), SINGLE_FILE)).size
  } catch {
    return Number.POSITIVE_INFINITY // there are several files, or the model's reader says what is wrong
  }
}

/** The tokens that a line lists, separated by spaces. */
const tokensIn = (line: string): string[] => line.split(' ').filter((token) => token !== '')

/**
 * An outcome whose texts are the tokens of the translations, separated by spaces. `line` lists the tokens of the
 * source.
 */
function withTokens(outcome: Outcome, line: string, vocabulary: TokenVocabulary): Outcome {
  if (isFailure(outcome)) return outcome
  const source = tokensIn(line)
  const one = <A extends Alternative>(alternative: A): A => ({
    ...alternative,
    text: vocabulary.translated(alternative, source).join(' '),
  })
  const { alternatives } = outcome
  return { ...one(outcome), ...(alternatives && { alternatives: alternatives.map(one) }) }
}

/**
 * `glassformer translate`, `summarize` and `generate`: read texts, or lines of standard input, and write lines to
 * standard output. With a `task`, the task's prefix in the model's folder is added to each text.
 */
export async function translateTexts(
  texts: readonly string[],
  command: TranslateCommandOptions,
  task?: string,
): Promise<void> {
  const {
    model,
    route = [],
    backend,
    precision,
    threads,
    workers,
    batchTokens,
    tokenizer,
    assistant,
    mergeAdapter: adapter,
    adapters,
    mapped,
    yes: download,
    json = false,
    ids = false,
    tokens = false,
    targetPrefix,
    explain = false,
    flag,
    progress: asked,
    from: sourceLanguage,
    to: targetLanguage,
    glossary: file,
    memory: memoryFile,
    format,
    report,
    ...search
  } = command
  if (report !== undefined)
    throw new GlassformerError('ERR_OPTION', '--report is about documents: give the files, and --output')
  const isTwice = route.length > 1
  if (
    isTwice &&
    (ids || tokens || explain || targetPrefix !== undefined || memoryFile !== undefined || file !== undefined)
  )
    throw new GlassformerError(
      'ERR_OPTION',
      '--ids, --tokens, --target-prefix, --explain, --glossary and --memory do not go through another language: translate twice, with --model',
    )
  const glossary = file === undefined ? undefined : await readGlossary(file)
  const memory = await openMemory(memoryFile)
  const how = { backend, precision, threads, workers, batchTokens, tokenizer, assistant, adapter, adapters, mapped }
  const load = { ...resolveLoadOptions(how), download }
  const input = texts.length === 0 ? statOfInput() : null
  const open = ids || tokens ? PoolTranslator.load.bind(PoolTranslator) : loadTextTranslator
  const translator = await (isQuick(texts, command)
    ? open(model, { ...load, workers: 1 }, onCallingThread())
    : open(model, load))
  const first = isTwice ? await loadTextTranslator(route[0].name, load) : null
  const both = first && ({ translate: pivot.bind(null, [first, translator]) } as Pick<PoolTranslator, 'translate'>)
  const vocabulary = tokens || targetPrefix !== undefined ? await translator.vocabulary() : null
  const prefixIds = targetPrefix === undefined ? [] : present(vocabulary).targetIds(tokensIn(targetPrefix))
  const options = {
    ...search,
    ...(flag !== undefined && { confidence: true }),
    ...(format && { format: format as Format }), // the command refuses formats of bytes
    ...(prefixIds.length > 0 && { forcedFirst: prefixIds }),
    sourceLanguage,
    targetLanguage,
    glossary,
    memory,
  }
  const progress = input ? await progressOf(input, asked) : silent
  const prefixText =
    task === undefined ? '' : prefixOf(readJsonObject(join(translator.model.path, 'config.json')), task)
  const tokenIds = (text: string) => present(vocabulary).sourceIds(tokensIn(text))
  const sourceOf = ids ? idsOf : tokens ? tokenIds : (text: string) => prefixText + text
  const kind = input ? 'line' : 'text'
  const batches = input ? readBatches(process.stdin) : [batchOf(texts)]
  const prefix = (n: number) => `${kind} ${n}: `
  try {
    if (explain) {
      const { explainBatches } = await import('./explained-texts.ts')
      return await explainBatches(batches, translator, options, { prefix, sourceOf, write })
    }
    await translateBatches(batches, both ?? translator, options, {
      workers: load.workers,
      progress,
      prefix,
      sourceOf,
      deliver: ({ texts, lineEnds }, outcomes) => {
        const rendering = { json, ids, oneLine: kind === 'line', flag }
        const shown = (i: number) => (ids && !isFailure(outcomes[i]) ? idsOf(texts[i]) : texts[i])
        const found = (i: number) => (tokens ? withTokens(outcomes[i], texts[i], present(vocabulary)) : outcomes[i])
        return write(texts.map((_, i) => render(shown(i), found(i), rendering, lineEnds[i])).join(''))
      },
    })
  } finally {
    progress.end()
    if (input) process.stdin.destroy() // a terminal or an open pipe would keep the process alive
    await first?.close()
    await translator.close()
  }
}

/** Waits while standard output is full. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise<void>((resolve) => process.stdout.once('drain', resolve))
}

/**
 * A terminal shows the progress of translations that go to a file. Where translations go to the terminal, directly or
 * through a pager, progress would garble them, so it is shown only if the user asks for it (`asked`).
 */
async function progressOf(input: Stats, asked: boolean | undefined): Promise<Progress> {
  const { stdin, stdout, stderr } = process
  if (stdin.isTTY && stderr.isTTY) stderr.write('Type a line and press Enter; Ctrl-D ends.\n')
  const output = fstatSync(1)
  const apart = !stdin.isTTY && !stdout.isTTY && !output.isFIFO() && !output.isSocket()
  return openProgress(stderr.isTTY && (asked ?? apart), input.isFile() ? input.size : null, 'line')
}

function statOfInput(): Stats {
  const input = fstatSync(0)
  if (!input.isDirectory()) return input
  throw new GlassformerError('ERR_FILE', 'standard input is a folder: give a file of lines')
}

/**
 * The ids that a text lists, '12 7 0', '12,7,0' or '[12, 7, 0]'; a text without ids is an empty source.
 * @throws GlassformerError ERR_INPUT naming the first word that is not an id
 */
function idsOf(text: string): Source {
  const list = text.replace(/^\s*\[(.*)\]\s*$/s, '$1')
  const ids = list.split(/[\s,]+/).filter((word) => word !== '')
  for (const id of ids)
    if (!/^\d+$/.test(id) || !Number.isSafeInteger(Number(id)))
      throw new GlassformerError(
        'ERR_INPUT',
        `${JSON.stringify(id.slice(0, 40))} is no id: with --ids, give whole numbers, separated by spaces or commas`,
      )
  return ids.length ? ids.map(Number) : ''
}
