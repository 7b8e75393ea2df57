import { GlassformerError } from '../errors.ts'
import type { TranslateOptions } from '../translate/options.ts'
import type { Translator } from '../translate/translator.ts'
import { lineOf } from './failure.ts'
import { inOrder } from './in-order.ts'
import type { Batch } from './line-batches.ts'
import { isFailure, type Outcome, translateEach } from './outcome.ts'
import type { Progress } from './progress.ts'

/** Work in flight for each worker, in characters: what it is busy with, and enough behind that for it never to wait. */
const CHARACTERS_PER_WORKER = 24_000

export interface BatchRun {
  workers: number
  progress: Progress
  /** Before the reason why the model cannot take the n-th text of all, on standard error. */
  prefix(n: number): string
  /** Called batch after batch, in order. */
  deliver(texts: readonly string[], outcomes: readonly Outcome[]): Promise<void> | void
}

/** Translates batches side by side. Where the model cannot take a text, standard error says why, and the command fails at its end. */
export async function translateBatches(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  translator: Translator,
  options: TranslateOptions,
  { workers, progress, prefix, deliver }: BatchRun,
): Promise<void> {
  let done = 0
  await inOrder({
    batches,
    size: ({ size }) => size,
    most: workers * CHARACTERS_PER_WORKER,
    work: async ({ texts, garbled }) => {
      const readable = [...texts]
      for (const i of garbled) readable[i] = '' // � upon � takes long
      const outcomes = await translateEach(readable, translator, options)
      for (const i of garbled) outcomes[i] = notUtf8
      return outcomes
    },
    deliver: async ({ texts, end }, outcomes) => {
      for (const outcome of outcomes) {
        done++
        if (!isFailure(outcome)) continue
        process.exitCode = 1
        progress.say(lineOf(outcome, prefix(done)))
      }
      await deliver(texts, outcomes)
      progress.reached(done, end)
    },
  })
}

const notUtf8 = new GlassformerError('ERR_INPUT', 'it is not UTF-8; convert the input to UTF-8')
