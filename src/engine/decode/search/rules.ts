import type { GenerationOptions } from '../options.ts'
import type { Hypothesis } from './hypothesis.ts'
import type { Loops } from './loops.ts'
import type { Terms } from './terms.ts'

/** What a search may do next, apart from the model's opinion. */
export interface Rules {
  options: GenerationOptions
  /** Ids that end a sentence. */
  ends: readonly number[]
  /** The most tokens that a sentence may have. */
  limit: number
  /** Ids by the number of generated tokens before them: each is the token there, whatever the model says. */
  forced?: ReadonlyMap<number, number>
  /** The number of tokens of the prompt, behind the start. */
  prompt: number
  /** The source ids, the end included. */
  source: readonly number[]
  /** Whether a text that stops the sentence has come with the last token; null where there are no such texts. */
  stops: ((hypothesis: Hypothesis) => boolean) | null
  /** Finds translations that repeat themselves; absent where they are kept. */
  loops?: Loops | null
  /** What a translation must have; absent where there is nothing. */
  terms?: Terms | null
  /** The time, on the clock of performance.now(), from which on a sentence is cut. */
  deadline: number
}

/** The ids of which the next token of a hypothesis must be one, or null. The score of a forced token is 0 where it is the only one. */
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

/** Whether a hypothesis ends with its last token: by an end, or by a text that stops the sentence. */
export const hasEnded = ({ ends, stops }: Rules, hypothesis: Hypothesis): boolean =>
  ends.includes(hypothesis.id) || stops?.(hypothesis) === true

/** Whether a hypothesis is cut behind its last token. */
export const isCut = ({ limit, deadline }: Rules, { length }: Hypothesis): boolean =>
  length >= limit || (deadline < Infinity && performance.now() >= deadline)
