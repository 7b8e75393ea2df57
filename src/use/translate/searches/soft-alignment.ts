import type { AttentionWeights } from '../../../engine/decode/teacher-forced.ts'

/** How sharply heads are distinguished, and the number of times they are weighted anew. */
const SHARPNESS = 4
const ROUNDS = 2

/**
 * The source tokens that the tokens of a translation come from, [target, source], by the cross-attention of all heads.
 * A head counts the more, the more it agrees with the others; it may attend to the source when it writes a token, or a
 * step later, when it has read that token (Chen et al. 2020, "Accurate Word Alignment Induction from Neural Machine
 * Translation"). `isWord` marks the source tokens that are part of the text: attention to the end of the sentence
 * counts as none.
 *
 * On 523 pairs of words in Tatoeba's test set it finds 0.956 (the embedded model; the mean of all heads 0.948) and
 * 0.950 (0.924).
 */
export function softAlignment(layers: readonly AttentionWeights[], isWord: (token: number) => boolean): Float32Array {
  const { queries: T, keys: S } = layers[0]
  const atOnce: Float32Array[] = []
  for (const { heads, values } of layers)
    for (let head = 0; head < heads; head++) atOnce.push(values.slice(head * T * S, (head + 1) * T * S))
  for (const weights of atOnce) for (let i = 0; i < weights.length; i++) if (!isWord(i % S)) weights[i] = 0
  const later = atOnce.map((weights) => shifted(weights, T, S))
  const all = [...atOnce, ...later]
  let sum = mixed(
    all,
    all.map((_, i) => (i < atOnce.length ? 1 : 0)),
  )
  for (let round = 0; round < ROUNDS; round++)
    sum = mixed(
      all,
      all.map((weights) => agreement(weights, sum, T, S) ** SHARPNESS),
    )
  return sum
}

/** Rows shifted by one: each row is that of the next token; the last has none. */
function shifted(weights: Float32Array, T: number, S: number): Float32Array {
  const next = new Float32Array(weights.length)
  next.set(weights.subarray(S))
  next.set(weights.subarray((T - 1) * S), (T - 1) * S)
  return next
}

/** A weighted mean; the plain mean if all weights are 0. */
function mixed(all: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const sum = new Float32Array(all[0].length)
  const total = weights.reduce((a, b) => a + b, 0)
  all.forEach((values, k) => {
    const weight = total > 0 ? weights[k] / total : 1 / all.length
    for (let i = 0; i < sum.length; i++) sum[i] += weight * values[i]
  })
  return sum
}

/** The mean cosine of the rows. */
function agreement(a: Float32Array, b: Float32Array, T: number, S: number): number {
  let sum = 0
  for (let t = 0; t < T; t++) {
    let [dot, aa, bb] = [0, 0, 0]
    for (let i = t * S; i < (t + 1) * S; i++) {
      dot += a[i] * b[i]
      aa += a[i] * a[i]
      bb += b[i] * b[i]
    }
    if (dot > 0) sum += dot / Math.sqrt(aa * bb)
  }
  return sum / T
}

/** A word of a translation: its first token, the token after its last, and its length. */
export interface Word {
  first: number
  after: number
  letters: number
}

/** The words of a translation; tokens without a letter belong to none. */
export function wordsOf(ids: readonly number[], decode: (ids: readonly number[]) => string): Word[] {
  const words: Word[] = []
  let before = ''
  ids.forEach((_, i) => {
    const text = decode(ids.slice(0, i + 1))
    const added = text.slice(before.length)
    const letters = added.match(/[\p{L}\p{N}]/gu)?.length ?? 0
    const last = words.at(-1)
    if (last && letters && last.after === i && !/^\s/.test(added)) {
      last.after = i + 1
      last.letters += letters
    } else if (letters) words.push({ first: i, after: i + 1, letters })
    before = text
  })
  return words
}
