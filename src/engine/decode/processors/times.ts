import type { Rescoring, Standing } from './processor.ts'

/** The ids of times in a transcript, and how they may stand in it. */
export interface Times {
  /** The id of 0 seconds. The id before it asks for a transcript without times, and never comes in one. */
  first: number
  /** One after the id of the latest time. */
  end: number
  /** Ids below it are text. */
  endOfText: number
  /**
   * - `rule`: a transcript begins with a time, its segments stand between pairs of times, and times never fall;
   * - `none`: it has no times;
   * - `free`: nothing is forbidden, as in Hugging Face's generate() without return_timestamps.
   */
  are: 'rule' | 'none' | 'free'
  /** The steps of time after 0 by which the first segment must have begun; null: no limit. */
  latestFirst: number | null
}

/** The ids that may follow: text [text, first), and times [from, to). The end of a transcript and other special ids count as text. */
export interface Allowed {
  text: number
  from: number
  to: number
}

/**
 * Tokens that may follow those of a transcript by the form of their times (openai/whisper, decoding.py, ApplyTimestampRules). After a text and one time
 * comes its pair or the end, after a pair text; a time is not below the one before, and above it where it opens a segment's text.
 */
export function allowedAfter(
  { first, end, endOfText, are, latestFirst }: Times,
  generated: readonly number[],
): Allowed {
  if (are === 'free') return { text: 0, from: first, to: end }
  if (are === 'none') return { text: 0, from: end, to: end }
  if (!generated.length) {
    const last = latestFirst === null ? end : Math.min(end, first + latestFirst + 1)
    return { text: first, from: first, to: last }
  }
  const isTime = (id: number | undefined) => id !== undefined && id >= first
  const endsWithTime = isTime(generated.at(-1))
  const endsWithPair = endsWithTime && (generated.length < 2 || isTime(generated.at(-2)))
  if (endsWithPair) return { text: 0, from: end, to: end }
  const last = generated.findLast(isTime)
  const from = last === undefined ? first : endsWithTime ? last : last + 1
  return { text: endsWithTime ? endOfText : 0, from: Math.min(from, end), to: end }
}

/** Whether any time is likelier than the likeliest text: then none of the text may follow. */
export function wantsTime(scores: Float32Array, { text, from, to }: Allowed, first: number): boolean {
  let [best, most] = [-Infinity, -Infinity]
  for (let id = text; id < first; id++) if (scores[id] > best) best = scores[id]
  for (let id = from; id < to; id++) if (scores[id] > most) most = scores[id]
  if (!(most > -Infinity)) return false
  let sum = 0
  for (let id = from; id < to; id++) sum += Math.exp(scores[id] - most)
  return most + Math.log(sum) > best
}

/** Forbids what the form of times does not allow, and text where a time is likelier than any of it. Comes after all other rules. */
export const timesRule =
  (times: Times): Rescoring =>
  (scores, standing) => {
    const allowed = allowedAfter(times, generatedOf(standing))
    const { text, from, to } = allowed
    if (times.are === 'free') return
    scores.fill(-Infinity, 0, text)
    scores[times.first - 1] = -Infinity
    scores.fill(-Infinity, times.first, from)
    scores.fill(-Infinity, to)
    if (times.are === 'rule' && wantsTime(scores, allowed, times.first)) scores.fill(-Infinity, 0, times.first)
  }

const generatedOf = ({ history, generated }: Standing): readonly number[] =>
  generated ? history.slice(-generated) : []
