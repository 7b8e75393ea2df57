import { present } from '../../../base/present.ts'
import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import type { Found } from '../../../engine/decode/search/index.ts'
import type { AttentionWeights } from '../../../engine/decode/teacher-forced.ts'
import type { ProtectedSentence, Range, ReadSentence } from '../../../language/protect/protected-sentence.ts'
import { type AlignedTokens, tokenRanges, translatedWords, wordRanges } from './alignment.ts'
import type { SentenceSearch, SentenceTranslation } from './sentence-search.ts'
import { softAlignment } from './soft-alignment.ts'
import type { StandIns, Way } from './stand-ins.ts'

/** Parts of a model that read a protected sentence. */
export interface Reader {
  standIns: StandIns
  /**
   * The ids of a sentence, its end included.
   * @throws ERR_INPUT_TOO_LONG
   */
  encode(sentence: string): number[]
  decode(ids: readonly number[]): string
  decodeSource(ids: readonly number[]): string
  /** The number of language ids before those of a sentence. */
  codeLength: number
  attention(source: readonly number[], target: readonly number[]): AttentionWeights[]
  /** The number of hypotheses at the end of a search, and the number that is asked for. */
  beams: number
  alternatives: number
}

/**
 * Search for translations of a sentence with protected parts. Units are replaced by stand-ins that a model copies; if
 * no hypothesis has kept all stand-ins, others are tried. Finally, the places of lost units, and of tags, are found by
 * attention.
 */
export function* protectedSearch(source: string, sentence: ProtectedSentence, reader: Reader): SentenceSearch {
  if (sentence.isSilent) return [{ ...sentence.unchanged(), ...NOTHING }]
  const restore = (found: Found, way: ReadWay) => restored(found, way, sentence, reader)
  let best: Tried | null = null
  for (const { standIns, isEnough } of sentence.units ? reader.standIns.ways(source, sentence.items) : NO_UNITS) {
    const read = sentence.read(standIns)
    const way: ReadWay = { read, ids: reader.encode(read.text), standIns }
    const found = yield { source: way.ids, text: read.text, alternatives: Math.max(reader.beams, reader.alternatives) }
    const [kept, others] = parted(found, (each) => keeps(reader.decode(each.ids), standIns))
    const tried = { way, found: [...kept, ...others], keeps: kept.length > 0 }
    if (!best || isBetter(tried, best)) best = tried
    if (best.keeps && isEnough) break
  }
  const { way, found } = present(best)
  return found.slice(0, reader.alternatives).map((each) => restore(each, way))
}

/** The results of a search with one set of stand-ins; hypotheses that keep all stand-ins come first. */
interface Tried {
  way: ReadWay
  found: readonly Found[]
  keeps: boolean
}

/**
 * Whether one attempt is better than another: it keeps its stand-ins and the other does not, or its translation is
 * likelier.
 */
const isBetter = (tried: Tried, other: Tried) =>
  tried.keeps === other.keeps ? tried.keeps && tried.found[0].score > other.found[0].score : tried.keeps

interface ReadWay {
  read: ReadSentence
  ids: readonly number[]
  standIns: readonly string[]
}

const NO_UNITS: readonly Way[] = [{ standIns: [], isEnough: true }]
const NOTHING: Found = { ids: [], scores: [], score: 0, finishReason: 'end' }

function parted<T>(list: readonly T[], is: (value: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []]
  for (const each of list) (is(each) ? yes : no).push(each)
  return [yes, no]
}

/** Whether a text has every stand-in once, in order. */
const keeps = (text: string, standIns: readonly string[]) => {
  const found = occurrences(text, standIns)
  return found.length === standIns.length && found.every(({ word }, i) => word === standIns[i])
}

interface Occurrence extends Range {
  word: string
}

/** The occurrences of stand-ins in a text: words as whole words, placeholders anywhere. */
function occurrences(text: string, standIns: readonly string[]): Occurrence[] {
  if (!standIns.length) return []
  const words = [...new Set(standIns)].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(
    words.map((word) => (WORD().test(word) ? `${NO_WORD_BEFORE}${word}${NO_WORD_AFTER}` : word)).join('|'),
    'gu',
  )
  return Array.from(text.matchAll(pattern), ({ 0: word, index }) => ({ word, start: index, end: index + word.length }))
}

const WORD = lazyPattern(String.raw`^[\p{L}\p{N}]`, 'u')
const NO_WORD_BEFORE = '(?<![\\p{L}\\p{N}])'
const NO_WORD_AFTER = '(?![\\p{L}\\p{N}])'

/** The occurrence of each stand-in, and the surplus occurrences: as many as possible are in order. */
function assigned(found: readonly Occurrence[], standIns: readonly string[]) {
  const [F, U] = [found.length, standIns.length]
  // longest[f][u] is the length of the longest common subsequence after the first f and u.
  const longest = Array.from({ length: F + 1 }, () => new Array<number>(U + 1).fill(0))
  for (let f = F - 1; f >= 0; f--)
    for (let u = U - 1; u >= 0; u--)
      longest[f][u] =
        found[f].word === standIns[u] ? 1 + longest[f + 1][u + 1] : Math.max(longest[f + 1][u], longest[f][u + 1])
  const chosen: (Occurrence | null)[] = new Array(U).fill(null)
  const extra: Occurrence[] = []
  let u = 0
  for (let f = 0; f < F; f++) {
    while (u < U && found[f].word !== standIns[u] && longest[f][u + 1] === longest[f][u]) u++
    if (u < U && found[f].word === standIns[u]) chosen[u++] = found[f]
    else extra.push(found[f])
  }
  return { chosen, extra }
}

function restored(
  found: Found,
  { read, ids, standIns }: ReadWay,
  sentence: ProtectedSentence,
  reader: Reader,
): SentenceTranslation {
  const text = reader.decode(found.ids)
  const { chosen, extra } = assigned(occurrences(text, standIns), standIns)
  let unit = 0
  const anchors: (Range | null)[] = sentence.items.map(({ kind }) =>
    kind === 'copy' ? (chosen[unit++] ?? null) : null,
  )
  const aligned = anchors.includes(null) ? alignedTokens(read.text, text, ids, found.ids, reader) : NOT_ALIGNED
  const taken = [...chosen.filter((each) => each !== null), ...extra]
  sentence.items.forEach((_, i) => {
    const standIn = read.units[i]
    if (standIn && !anchors[i]) anchors[i] = translatedStandIn(standIn, text, aligned, gapOf(anchors, i, text), taken)
  })
  const translated = translatedWords(text, read, aligned, { anchors, extra })
  return { ...found, ...sentence.restored(translated) }
}

/** Smallest fraction of its attention that a word must give to a stand-in to be its translation ("seven" of 7). */
const MOSTLY = 0.5

/** The part of a text between the words of the units before and after an item. */
const gapOf = (anchors: readonly (Range | null)[], item: number, text: string): Range => ({
  start: anchors.slice(0, item).findLast((each) => each)?.end ?? 0,
  end: anchors.slice(item).find((each) => each)?.start ?? text.length,
})

/** The word of this gap that a lost stand-in was translated to; null if there is none. */
function translatedStandIn(
  standIn: Range,
  text: string,
  { source, target, weights }: AlignedTokens,
  gap: Range,
  taken: readonly Range[],
): Range | null {
  let best: Range | null = null
  let most = MOSTLY
  for (const word of wordRanges(text, target, taken)) {
    if (word.start < gap.start || word.end > gap.end || taken.some(({ start }) => start === word.start)) continue
    if (!/[\p{L}\p{N}]/u.test(text.slice(word.start, word.end))) continue
    const tokens = target.flatMap(({ start, end }, t) => (start < word.end && end > word.start ? [t] : []))
    const share = tokens.reduce((sum, t) => sum + shareOf(t, standIn, source, weights), 0) / Math.max(1, tokens.length)
    if (share <= most) continue
    most = share
    best = word
  }
  return best
}

/** The fraction of a target token's attention to words that goes to a range of the source. */
function shareOf(t: number, range: Range, source: readonly Range[], weights: Float32Array): number {
  let [within, all] = [0, 0]
  source.forEach(({ start, end }, s) => {
    const weight = end > start ? weights[t * source.length + s] : 0
    all += weight
    if (start < range.end && end > range.start) within += weight
  })
  return all > 0 ? within / all : 0
}

const NOT_ALIGNED: AlignedTokens = { source: [], target: [], weights: new Float32Array(0) }

function alignedTokens(
  readText: string,
  text: string,
  source: readonly number[],
  target: readonly number[],
  { decode, decodeSource, codeLength, attention }: Reader,
): AlignedTokens {
  const own = source.slice(codeLength)
  const before = Array.from({ length: codeLength }, () => ({ start: 0, end: 0 }))
  const ranges = [...before, ...tokenRanges(readText, own.length, (n) => decodeSource(own.slice(0, n)))]
  return {
    source: ranges,
    target: tokenRanges(text, target.length, (n) => decode(target.slice(0, n))),
    weights: softAlignment(attention(source, target), (token) => ranges[token].end > ranges[token].start),
  }
}
