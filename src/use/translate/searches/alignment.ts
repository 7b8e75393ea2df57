import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import type { Range, ReadSentence, Translated } from '../../../language/protect/protected-sentence.ts'

/** The attention of a translation's tokens over its source tokens, and the places of both in their texts. */
export interface AlignedTokens {
  /** The place of each token in the text; tokens without text (the end) have no length. */
  source: readonly Range[]
  target: readonly Range[]
  /** [target, source] */
  weights: Float32Array
}

/**
 * The places of tokens in a text, from the texts of the first 0, 1, … tokens. White space is ignored, because decoding
 * changes it.
 */
export function tokenRanges(text: string, count: number, decoded: (tokens: number) => string): Range[] {
  const places: number[] = []
  for (let i = 0; i < text.length; i++) if (!/\s/.test(text[i])) places.push(i)
  const dense = (part: string) => part.replace(/\s+/g, '').length
  const all = dense(decoded(count))
  // A normalizer may have changed the number of characters.
  const scale = all ? places.length / all : 0
  const ranges: Range[] = []
  let before = 0
  for (let token = 1; token <= count; token++) {
    const after = Math.max(before, Math.min(places.length, Math.round(scale * dense(decoded(token)))))
    const start = places[before] ?? text.length
    ranges.push({ start, end: after > before ? places[after - 1] + 1 : start })
    before = after
  }
  return ranges
}

/** Places of stand-ins in a translation. */
export interface FoundStandIns {
  /** The place of each item; null for tags, and for lost units. */
  anchors: readonly (Range | null)[]
  /** Surplus occurrences of stand-ins. */
  extra: readonly Range[]
}

/** The words of a translation and their attention to the segments of the source. */
export function translatedWords(
  text: string,
  read: ReadSentence,
  { source, target, weights }: AlignedTokens,
  { anchors, extra }: FoundStandIns,
): Translated {
  const shares = sharesOf(source, read.segments)
  const K = read.segments.length
  const S = source.length
  const standIns = [...anchors.filter((anchor) => anchor !== null), ...extra]
  const ranges = wordRanges(text, target, standIns)
  const dropped = new Set(extra.map(({ start }) => start))
  const attended = ({ start, end }: Range) => {
    const own = new Float64Array(K)
    target.forEach((token, t) => {
      const part = overlap(token, { start, end }) / Math.max(1, end - start)
      if (part > 0)
        for (let s = 0; s < S; s++) for (let k = 0; k < K; k++) own[k] += part * weights[t * S + s] * shares[s * K + k]
    })
    return own
  }
  const words = ranges.map((range) => {
    const word = text.slice(range.start, range.end)
    return {
      ...range,
      speaks: SPEAKS().test(word),
      shares: copiedFrom(word, read) ?? attended(range),
      isDropped: dropped.has(range.start),
    }
  })
  return {
    text,
    words,
    anchors: anchors.map((anchor) => (anchor ? ranges.findIndex(({ start }) => start === anchor.start) : -1)),
  }
}

const SPEAKS = lazyPattern(String.raw`[\p{L}\p{N}]`, 'u')

/**
 * The segments that contain a word or mark of a translation unchanged, which indicates its origin better than attention
 * does. Null if there are none.
 */
function copiedFrom(word: string, { text, segments }: ReadSentence): Float64Array | null {
  if (SPEAKS().test(word) && word.length < 2) return null
  const shares = new Float64Array(segments.length)
  let count = 0
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    const isPart =
      SPEAKS().test(word) &&
      (LETTER_BEFORE().test(text.slice(0, at)) || LETTER_AFTER().test(text.slice(at + word.length)))
    const segment = segments.findIndex(({ start, end }) => at >= start && at < end)
    if (isPart || segment < 0) continue
    shares[segment]++
    count++
  }
  return count === 0 ? null : shares.map((share) => share / count)
}

const LETTER_BEFORE = lazyPattern(String.raw`[\p{L}\p{N}]$`, 'u')
const LETTER_AFTER = lazyPattern(String.raw`^[\p{L}\p{N}]`, 'u')

/** The fraction of each source token that lies in each segment, [source, segments]. */
function sharesOf(source: readonly Range[], segments: readonly Range[]): Float64Array {
  const shares = new Float64Array(source.length * segments.length)
  source.forEach((token, s) => {
    segments.forEach((segment, k) => {
      shares[s * segments.length + k] = overlap(token, segment) / Math.max(1, token.end - token.start)
    })
  })
  return shares
}

const overlap = (a: Range, b: Range) => Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start))

/**
 * Words, punctuation marks, and the characters of scripts without white space between words, provided that each begins
 * a token.
 */
const WORDS = lazyPattern(
  String.raw`[\p{L}\p{M}\p{N}_]+(?:-[\p{L}\p{M}\p{N}_]+)*(?:['’](?:s|t|re|ve|ll|m|d)(?![\p{L}]))?['’]?|[^\s]`,
  'gu',
)
const UNSPACED = lazyPattern(
  String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}]`,
  'u',
)

/** The words of a text; stand-ins are words of their own. */
export function wordRanges(text: string, target: readonly Range[], standIns: readonly Range[]): Range[] {
  const cuts = new Set<number>()
  if (UNSPACED().test(text))
    for (const { start, end } of target) if (end > start && UNSPACED().test(text[start])) cuts.add(start)
  for (const { start, end } of standIns) cuts.add(start).add(end)
  const ranges: Range[] = []
  for (const { 0: word, index } of text.matchAll(WORDS())) {
    let start = index
    for (let at = index + 1; at <= index + word.length; at++) {
      if (
        at < index + word.length &&
        (!cuts.has(at) || standIns.some((anchor) => at > anchor.start && at < anchor.end))
      )
        continue
      const last = ranges.at(-1)
      const anchor = standIns.find((each) => start >= each.start && at <= each.end)
      if (anchor && last && last.start === anchor.start) last.end = at
      else ranges.push({ start, end: at })
      start = at
    }
  }
  return ranges
}
