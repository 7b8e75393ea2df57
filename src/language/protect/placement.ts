import { entryOf, present } from '../../base/present.ts'
import type { Item } from './items.ts'
import { speaks } from './span.ts'

/** A sentence of a source with its items, whose `mate` numbers count from the item `first`. */
interface Sentence {
  source: string
  start: number
  end: number
  items: readonly Item[]
  first: number
}

/** The segments between the items: the elements around each, and whether these would be empty without it. */
export function segmentsOf(sentence: Sentence): Segment[] {
  const { items } = sentence
  const segments = contextsOf(sentence).map((context): Segment => ({ context, isFilled: false }))
  const speaking = partsOf(sentence).map(speaks)
  for (const { first, last } of elementsOf(sentence)) {
    const own = segments.slice(first, last + 1)
    const hasUnit = items.slice(first, last).some(({ kind }) => kind === 'copy')
    if (hasUnit || own.some(({ isFilled }) => isFilled)) continue
    const spoken = speaking.lastIndexOf(true, last)
    if (spoken >= first) segments[spoken].isFilled = true
  }
  return segments
}

/** The source of each segment. */
const partsOf = ({ source, start, end, items }: Sentence): string[] =>
  Array.from({ length: items.length + 1 }, (_, i) => source.slice(items[i - 1]?.end ?? start, items[i]?.start ?? end))

/** The elements that surround each segment, by the numbers of the items that close them. */
function contextsOf(sentence: Sentence): string[] {
  const within = closingEarlier(sentence)
  const contexts = [within.join()]
  sentence.items.forEach((item, i) => {
    if (item.kind === 'open') within.push(closeOf(sentence, item))
    else if (item.kind === 'close' && within.includes(i)) within.splice(within.lastIndexOf(i), 1)
    contexts.push(within.join())
  })
  return contexts
}

/** The first and the last segment of each element that has both tags, outer elements before those within them. */
function elementsOf(sentence: Sentence): { first: number; last: number }[] {
  const opened = sentence.items.flatMap((item, i) =>
    item.kind === 'open' && item.mate >= 0 ? [{ first: i + 1, last: closeOf(sentence, item) }] : [],
  )
  return [...closingEarlier(sentence).map((close) => ({ first: 0, last: close })), ...opened]
}

/** The items that close elements which begin before the sentence. */
const closingEarlier = ({ items, first }: Sentence): number[] =>
  items.flatMap(({ kind, mate }, i) => (kind === 'close' && mate < first ? [i] : []))

/** The item that closes an element; the number of items if the element ends after the sentence. */
function closeOf({ items, first }: Sentence, { mate }: Item): number {
  const close = mate - first
  return mate >= 0 && close < items.length ? close : items.length
}

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
