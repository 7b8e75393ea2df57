import { fstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import type { Format } from '../../language/markup/document/formats.ts'
import { prefixOf } from '../../use/pipelines/prefix.ts'
import { isFailure, onCallingThread, PoolTranslator, resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { batchOf, readBatches } from '../lines/line-batches.ts'
import { openMemory } from '../lines/open-memory.ts'
import { render } from '../lines/outcome.ts'
import { readGlossary } from '../lines/read-glossary.ts'
import { loadTextTranslator } from '../lines/text-translator.ts'
import { translateBatches } from '../lines/translate-batches.ts'
import { openProgress, type Progress, silent } from '../terminal/progress.ts'
import { idsOf } from './ids-text.ts'
import { isQuick } from './is-quick.ts'
import type { TranslateCommandOptions } from './options.ts'
import { tokensIn, withTokens } from './tokens-text.ts'

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
    json = false,
    ids = false,
    tokens = false,
    targetPrefix,
    explain = false,
    progress: asked,
    from: sourceLanguage,
    to: targetLanguage,
    glossary: file,
    memory: memoryFile,
    format,
    ...search
  } = command
  const glossary = file === undefined ? undefined : await readGlossary(file)
  const memory = await openMemory(memoryFile)
  const how = { backend, precision, threads, workers, batchTokens, tokenizer, assistant, adapter, adapters, mapped }
  const load = resolveLoadOptions(how)
  const input = texts.length === 0 ? statOfInput() : null
  const open = ids || tokens ? PoolTranslator.load.bind(PoolTranslator) : loadTextTranslator
  const translator = await (isQuick(texts, command)
    ? open(model, { ...load, workers: 1 }, onCallingThread())
    : open(model, load))
  const vocabulary = tokens || targetPrefix !== undefined ? await translator.vocabulary() : null
  const prefixIds = targetPrefix === undefined ? [] : vocabulary!.targetIds(tokensIn(targetPrefix))
  const options = {
    ...search,
    ...(format && { format: format as Format }), // the command refuses formats of bytes
    ...(prefixIds.length > 0 && { forcedFirst: prefixIds }),
    sourceLanguage,
    targetLanguage,
    glossary,
    memory,
  }
  const progress = input ? await progressOf(input, asked) : silent
  const before = task === undefined ? '' : prefixOf(readJsonObject(join(translator.model.path, 'config.json')), task)
  const tokenIds = (text: string) => vocabulary!.sourceIds(tokensIn(text))
  const sourceOf = ids ? idsOf : tokens ? tokenIds : (text: string) => before + text
  const kind = input ? 'line' : 'text'
  const batches = input ? readBatches(process.stdin) : [batchOf(texts)]
  const prefix = (n: number) => `${kind} ${n}: `
  try {
    if (explain) {
      const { explainBatches } = await import('./explained-texts.ts')
      return await explainBatches(batches, translator, options, { prefix, sourceOf, write })
    }
    await translateBatches(batches, translator, options, {
      workers: load.workers,
      progress,
      prefix,
      sourceOf,
      deliver: ({ texts, lineEnds }, outcomes) => {
        const rendering = { json, ids, oneLine: kind === 'line' }
        const shown = (i: number) => (ids && !isFailure(outcomes[i]) ? idsOf(texts[i]) : texts[i])
        const found = (i: number) => (tokens ? withTokens(outcomes[i], texts[i], vocabulary!) : outcomes[i])
        return write(texts.map((_, i) => render(shown(i), found(i), rendering, lineEnds[i])).join(''))
      },
    })
  } finally {
    progress.end()
    if (input) process.stdin.destroy() // a terminal or an open pipe would keep the process alive
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
