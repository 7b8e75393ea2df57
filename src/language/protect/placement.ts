import { entryOf, present } from '../../base/present.ts'
/**
 * A word of a translation, and the share of its attention on each segment of the source; segments are the parts of a
 * sentence between items.
 */
export interface AlignedWord {
  /** Whether it has a letter or a digit: punctuation alone does not fill an element. */
  speaks: boolean
  /** One share more than there are items. */
  shares: ArrayLike<number>
}

/** A part of a source sentence between two items. */
export interface Segment {
  /** Segments within the same elements have the same context. */
  context: string
  /** Whether at least one word of the translation must come from it, so that no element becomes empty. */
  isFilled: boolean
}

/** The weight of being within the right elements, relative to being between the right items. */
const CONTEXT = 0.5
/** The weight that decides where attention does not: the same relative position in the sentence. */
const PRIOR = 0.02

/**
 * Places items among the words of a translation, in the order of the source: the result is, for each item, the number
 * of the word after it. Item i replaces the word `anchors[i]` where that is not -1. The placement maximizes the total
 * attention of all words to the segments in which they are placed, in this order (Viterbi).
 */
export function placed(
  words: readonly AlignedWord[],
  segments: readonly Segment[],
  anchors: readonly number[],
): number[] {
  return best(words, segments, anchors, true) ?? present(best(words, segments, anchors, false))
}

function best(
  words: readonly AlignedWord[],
  segments: readonly Segment[],
  anchors: readonly number[],
  isFilling: boolean,
): number[] | null {
  const [W, K] = [words.length, segments.length]
  const isAnchor = new Uint8Array(W)
  for (const word of anchors) if (word >= 0) isAnchor[word] = 1
  const gains = words.map((word, w) => gainsOf(word, segments, (w + 0.5) / W))
  // A state is [segment, whether it has a word]; the arrays have each state's score after every number of words, and
  // the state before it.
  const score = new Float64Array(2 * K * (W + 1)).fill(-Infinity)
  const from = new Int32Array(2 * K * (W + 1)).fill(-1)
  const reach = (state: number, value: number, before: number) => {
    if (value <= score[state]) return
    score[state] = value
    from[state] = before
  }
  score[0] = 0
  for (let w = 0; w <= W; w++)
    for (let k = 0; k < K; k++)
      for (let has = 0; has < 2; has++) {
        const state = 2 * (w * K + k) + has
        if (score[state] === -Infinity) continue
        if (w < W && !isAnchor[w])
          reach(2 * ((w + 1) * K + k) + (has || words[w].speaks ? 1 : 0), score[state] + gains[w][k], state)
        if (k + 1 === K || (isFilling && segments[k].isFilled && !has)) continue
        if (anchors[k] < 0) reach(2 * (w * K + k + 1), score[state], state)
        else if (anchors[k] === w) reach(2 * ((w + 1) * K + k + 1), score[state], state)
      }
  const last = 2 * (W * K + K - 1)
  const isLastFilled = isFilling && segments[K - 1].isFilled
  let state = score[last + 1] >= score[last] || isLastFilled ? last + 1 : last
  if (score[state] === -Infinity) return null
  const places: number[] = new Array(K - 1)
  for (let before = from[state]; before >= 0; state = before, before = from[state]) {
    const [k, earlier] = [(state >> 1) % K, (before >> 1) % K]
    if (earlier < k) places[earlier] = Math.floor((before >> 1) / K)
  }
  return places
}

function gainsOf({ shares, speaks }: AlignedWord, segments: readonly Segment[], at: number): number[] {
  const byContext = new Map<string, number>()
  segments.forEach(({ context }, k) => {
    byContext.set(context, (byContext.get(context) ?? 0) + shares[k])
  })
  return segments.map(({ context }, k) => {
    const way = PRIOR * Math.abs((k + 0.5) / segments.length - at)
    return (speaks ? 1 : 0.5) * (shares[k] + CONTEXT * entryOf(byContext, context)) - way
  })
}
