import type { Editing } from './processor.ts'

/** no_repeat_ngram_size (Paulus et al. 2017, 2.5; NoRepeatNGramLogitsProcessor): −∞ for ids that would complete an n-gram of the history. */
export const noRepeatNgram =
  (n: number): Editing =>
  ({ history }, edits) => {
    for (const id of completing(n, history, history)) edits.set(id, -Infinity)
  }

/** encoder_no_repeat_ngram_size (EncoderNoRepeatNGramLogitsProcessor): −∞ for ids that would complete an n-gram of the source. */
export const encoderNoRepeatNgram =
  (n: number, source: readonly number[]): Editing =>
  ({ history }, edits) => {
    for (const id of completing(n, source, history)) edits.set(id, -Infinity)
  }

/** Ids that would complete an n-gram of `text` after the last n − 1 ids of a history. */
function completing(n: number, text: readonly number[], history: readonly number[]): number[] {
  const ids: number[] = []
  const tail = history.length - n + 1
  if (tail < 0) return ids
  for (let i = 0; i + n <= text.length; i++) {
    let same = true
    for (let j = 0; j < n - 1 && same; j++) same = text[i + j] === history[tail + j]
    if (same) ids.push(text[i + n - 1])
  }
  return ids
}
