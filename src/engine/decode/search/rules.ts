import type { Hypothesis, TranscriptRanking } from '../hypotheses/hypothesis.ts'
import type { Times } from '../processors/times.ts'
import type { GenerationOptions } from '../settings/options.ts'
import type { Loops } from './loops.ts'
import type { Terms } from './terms.ts'

/** Constraints on the next token of a search, apart from the model's scores. */
export interface Rules {
  options: GenerationOptions
  /** Ids that end a sentence. */
  ends: readonly number[]
  /** The largest number of tokens that a translation may have. */
  limit: number
  /** Forced ids by the number of generated tokens before them, whatever the model predicts. */
  forced?: ReadonlyMap<number, number>
  /** The number of tokens of the prompt, after the start. */
  prompt: number
  /** The source ids, the end included. */
  source: readonly number[]
  /** Whether the last token completes a stop string; null if there are no stop strings. */
  stops: ((hypothesis: Hypothesis) => boolean) | null
  /** Finds translations that repeat themselves; absent if such translations are kept. */
  loops?: Loops | null
  /** Terms that a translation must have; absent if there are none. */
  terms?: Terms | null
  /** The form of times in a transcript; absent in a translation. */
  times?: Times | null
  /** How transcripts are ranked, by which they are searched for as openai/whisper does; absent: as translations are. */
  transcript?: TranscriptRanking | null
  /** The time, on the clock of performance.now(), at which a sentence is cut. */
  deadline: number
}

/**
 * The ids to which the next token of a hypothesis is restricted, or null. The score of a forced token is 0 if it is the
 * only one.
 */
export function forcedIds({ options, limit, prompt, forced }: Rules, generated: number): readonly number[] | null {
  const id = forced?.get(generated)
  if (id !== undefined) return [id]
  if (generated === limit - 1 && options.forcedLast !== null) return [options.forcedLast].flat()
  if (options.forcedFirst === null || prompt > 0) return null
  const first = [options.forcedFirst].flat()
  return generated < first.length ? [first[generated]] : null
}

/** The id that the next token of a hypothesis must have, or null. */
export function forcedId(rules: Rules, { length }: Hypothesis): number | null {
  const ids = forcedIds(rules, length)
  return ids?.length === 1 ? ids[0] : null
}

/** Whether a hypothesis ends with its last token: by an end id or by a stop string. */
export const hasEnded = ({ ends, stops }: Rules, hypothesis: Hypothesis): boolean =>
  ends.includes(hypothesis.id) || stops?.(hypothesis) === true

/** Whether a limit cuts a hypothesis after its last token. */
export const isCut = ({ limit, deadline }: Rules, { length }: Hypothesis): boolean =>
  length >= limit || (deadline < Infinity && performance.now() >= deadline)
