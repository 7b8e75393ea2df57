import { fstatSync, type Stats } from 'node:fs'
import { GlassformerError } from '../errors.ts'
import { resolveLoadOptions, type TranslateOptions } from '../translate/options.ts'
import { Translator } from '../translate/translator.ts'
import { lineOf } from './failure.ts'
import { inOrder } from './in-order.ts'
import { type Batch, batchOf, readBatches } from './line-batches.ts'
import { isFailure, type Outcome, render, translateEach } from './outcome.ts'
import { type Progress, showProgress, silent } from './progress.ts'
import type { TranslateCommandOptions } from './translate.ts'

/** Work in flight for each worker, in characters: what it is busy with, and enough behind that for it never to wait. */
const CHARACTERS_PER_WORKER = 24_000

/** `glassformer translate`: texts, or lines of standard input, to lines of standard output. */
export async function translateTexts(texts: readonly string[], command: TranslateCommandOptions): Promise<void> {
  const {
    model,
    backend,
    precision,
    threads,
    workers,
    batchTokens,
    json = false,
    progress: asked,
    ...options
  } = command
  const load = resolveLoadOptions({ backend, precision, threads, workers, batchTokens })
  const input = texts.length === 0 ? statOfInput() : null
  const translator = await Translator.load(model, load)
  const progress = input ? await progressOf(input, asked) : silent
  try {
    await translateBatches(input ? readBatches(process.stdin) : [batchOf(texts)], translator, options, {
      json,
      kind: input ? 'line' : 'text',
      most: load.workers * CHARACTERS_PER_WORKER,
      progress,
    })
  } finally {
    progress.end()
    if (input) process.stdin.destroy() // a terminal or an open pipe would keep the process waiting
    await translator.close()
  }
}

interface Output {
  json: boolean
  kind: 'line' | 'text'
  /** Characters in flight. */
  most: number
  progress: Progress
}

async function translateBatches(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  translator: Translator,
  options: TranslateOptions,
  { json, kind, most, progress }: Output,
): Promise<void> {
  let done = 0
  const deliver = async ({ texts, end }: Batch, outcomes: readonly Outcome[]) => {
    const lines = outcomes.map((outcome, i) => {
      if (isFailure(outcome)) {
        process.exitCode = 1
        progress.say(lineOf(outcome, `${kind} ${done + i + 1}: `))
      }
      return render(texts[i], outcome, { json, oneLine: kind === 'line' })
    })
    done += texts.length
    await write(lines.join(''))
    progress.reached(done, end)
  }
  await inOrder({
    batches,
    size: ({ size }) => size,
    most,
    work: async ({ texts, garbled }) => {
      const outcomes = await translateEach(texts, translator, options)
      for (const i of garbled) outcomes[i] = notUtf8
      return outcomes
    },
    deliver,
  })
}

const notUtf8 = new GlassformerError('ERR_INPUT', 'it is not UTF-8; convert the input to UTF-8')

/** Waits while the reader of standard output is behind. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise<void>((resolve) => process.stdout.once('drain', resolve))
}

/**
 * A terminal shows the progress of what goes to a file. Lines that go to the same terminal, by themselves or through a pipe to a
 * pager, would be garbled by it: there it is for who asks (`asked`).
 */
async function progressOf(input: Stats, asked: boolean | undefined): Promise<Progress> {
  const { stdin, stdout, stderr } = process
  if (stdin.isTTY && stderr.isTTY) stderr.write('Type a line and press Enter; Ctrl-D ends.\n')
  const output = fstatSync(1)
  const apart = !stdin.isTTY && !stdout.isTTY && !output.isFIFO() && !output.isSocket()
  if (!stderr.isTTY || !(asked ?? apart)) return silent
  return showProgress(input.isFile() ? input.size : null)
}

function statOfInput(): Stats {
  const input = fstatSync(0)
  if (!input.isDirectory()) return input
  throw new GlassformerError('ERR_FILE', 'standard input is a folder: give a file of lines')
}
