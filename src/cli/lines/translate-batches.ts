import { GlassformerError } from '../../base/errors.ts'
import { notUtf8 } from '../../formats/disk/input-lines.ts'
import {
  isAboutOneText,
  isFailure,
  type Outcome,
  type PoolTranslator,
  translateEach,
} from '../../use/translate/calls/index.ts'
import type { TranslateOptions } from '../../use/translate/options/options.ts'
import type { Source } from '../../use/translate/translation/translation.ts'
import { lineOf } from '../terminal/failure.ts'
import type { Progress } from '../terminal/progress.ts'
import { inOrder } from './in-order.ts'
import type { Batch } from './line-batches.ts'

/** Maximum characters in flight for each worker: its present work, and enough more that the worker never waits. */
export const CHARACTERS_PER_WORKER = 24_000

/** Characters in flight until the first translations are delivered: the fewer there are, the sooner they finish. */
const FIRST_CHARACTERS = 600

/** Minimum number of binary lines, at least half of all lines, after which the input is not accepted as text. */
const MOST_BINARY = 10

/** Whether a line that is not UTF-8 is not text in any encoding: it has control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const isBinary = (line: string) => /[\0-\x08\x0e-\x1f]/.test(line)

const noText = (lines: number) =>
  new GlassformerError(
    'ERR_INPUT',
    `${lines} lines are binary data, which ends the translation: the input is no text in UTF-8; of a document, --format says what it is`,
  )

export interface BatchRun {
  workers: number
  progress: Progress
  /** The prefix on standard error before the reason why the model cannot take text number n. */
  prefix(n: number): string
  /** The source in a text, by default the text itself; the function may throw ERR_INPUT. */
  sourceOf?(text: string): Source
  /** Called once for each batch, in order. */
  deliver(batch: Batch, outcomes: readonly Outcome[]): Promise<void> | void
}

/**
 * Translates batches in parallel. Where the model cannot take a text, standard error says why, and the command fails at
 * its end.
 */
export async function translateBatches(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  translator: Pick<PoolTranslator, 'translate'>,
  options: TranslateOptions,
  { workers, progress, prefix, sourceOf = (text) => text, deliver }: BatchRun,
): Promise<void> {
  let done = 0
  let binary = 0
  await inOrder({
    batches,
    size: ({ size }) => size,
    most: workers * CHARACTERS_PER_WORKER,
    first: workers * FIRST_CHARACTERS,
    work: async ({ texts, garbled }) => {
      const failures = new Map(garbled.map((i) => [i, notUtf8]))
      const sources = texts.map((text, i) => {
        if (failures.has(i)) return '' // translating many U+FFFD takes long
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
      for (const [i, outcome] of outcomes.entries()) {
        done++
        if (!isFailure(outcome)) continue
        process.exitCode = 1
        progress.say(lineOf(outcome, prefix(done)))
        if (outcome !== notUtf8 || !isBinary(batch.texts[i])) continue
        if (++binary >= MOST_BINARY && 2 * binary >= done) throw noText(binary)
      }
      await deliver(batch, outcomes)
      progress.reached(done, batch.end)
    },
  })
}
