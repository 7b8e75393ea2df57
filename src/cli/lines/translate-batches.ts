import { notUtf8 } from '../../files/formats/input-lines.ts'
import type { TranslateOptions } from '../../use/translate/options.ts'
import type { PoolTranslator } from '../../use/translate/pool-translator.ts'
import { isAboutOneText, isFailure, type Outcome, translateEach } from '../../use/translate/translate-each.ts'
import type { Source } from '../../use/translate/translation.ts'
import { lineOf } from '../terminal/failure.ts'
import type { Progress } from '../terminal/progress.ts'
import { inOrder } from './in-order.ts'
import type { Batch } from './line-batches.ts'

/** The work in flight for each worker, in characters: its present work, and enough behind it that the worker never waits. */
export const CHARACTERS_PER_WORKER = 24_000

export interface BatchRun {
  workers: number
  progress: Progress
  /** The text on standard error before the reason why the model cannot take the n-th text of all. */
  prefix(n: number): string
  /** The source that a text stands for, by default the text itself; it may throw ERR_INPUT. */
  sourceOf?(text: string): Source
  /** Called batch after batch, in order. */
  deliver(batch: Batch, outcomes: readonly Outcome[]): Promise<void> | void
}

/** Translates batches side by side. Where the model cannot take a text, standard error says why, and the command fails at its end. */
export async function translateBatches(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  translator: PoolTranslator,
  options: TranslateOptions,
  { workers, progress, prefix, sourceOf = (text) => text, deliver }: BatchRun,
): Promise<void> {
  let done = 0
  await inOrder({
    batches,
    size: ({ size }) => size,
    most: workers * CHARACTERS_PER_WORKER,
    work: async ({ texts, garbled }) => {
      const failures = new Map(garbled.map((i) => [i, notUtf8]))
      const sources = texts.map((text, i) => {
        if (failures.has(i)) return '' // translating many � takes long
        try {
          return sourceOf(text)
        } catch (error) {
          if (!isAboutOneText(error)) throw error
          failures.set(i, error)
          return ''
        }
      })
      const outcomes = await translateEach(sources, translator, options)
      for (const [i, failure] of failures) outcomes[i] = failure
      return outcomes
    },
    deliver: async (batch, outcomes) => {
      for (const outcome of outcomes) {
        done++
        if (!isFailure(outcome)) continue
        process.exitCode = 1
        progress.say(lineOf(outcome, prefix(done)))
      }
      await deliver(batch, outcomes)
      progress.reached(done, batch.end)
    },
  })
}
