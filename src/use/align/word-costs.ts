import type { Costs } from './best-path.ts'

/** A text's sentences by their lengths in characters and the words by which they are known on the other side. */
export interface SideWords {
  lengths: readonly number[]
  words: readonly ReadonlyMap<string, number>[]
}

/** Variance of the characters of a translation for each character of its source (Gale and Church 1993, section 2). */
const VARIANCE = 6.8

/** -log of how often a bead has so many sentences (there, table 5); gaps are likelier here, as documents are often cut. */
const PRIORS: Readonly<Record<string, number>> = { '11': 0.12, '10': 3, '01': 3, '12': 3.1, '21': 3.1, '22': 4.5 }

/** How much a usual sentence's words in common weigh beside lengths, and the share of them that says neither yes nor no. */
const WEIGHT = 20
const NEITHER = 0.25

/** The words of a sentence, each as often as it stands there; long ones by their beginning, so that endings differ freely. */
export function wordsOf(sentence: string): Map<string, number> {
  const words = new Map<string, number>()
  for (const [word] of sentence.toLowerCase().matchAll(/[\p{L}\p{M}]+|\p{N}+/gu)) {
    const key = word.slice(0, 6)
    words.set(key, (words.get(key) ?? 0) + 1)
  }
  return words
}

/** The characters of a sentence that count: its letters and digits. */
export const lengthOf = (sentence: string): number => sentence.match(/[\p{L}\p{N}]/gu)?.length ?? 0

/**
 * Costs by lengths (Gale and Church 1993) and words in common, which weigh the more the rarer they are. `isTranslated`: the words of the source are
 * those of its translation, so that their lack speaks against a pair.
 */
export function wordCosts(source: SideWords, target: SideWords, isTranslated: boolean): Costs {
  const weights = rarity([...source.words, ...target.words])
  const total = ({ lengths }: SideWords) => lengths.reduce((a, b) => a + b, 1)
  const usual = inCommon(target.words, [], weights).all / Math.max(1, target.words.length)
  return costsOf(source, target, { weights, usual: usual || 1, ratio: total(target) / total(source), isTranslated })
}

interface Measure {
  weights: ReadonlyMap<string, number>
  /** The weight of a sentence's words, in the mean. */
  usual: number
  /** Characters of the target for each of the source. */
  ratio: number
  isTranslated: boolean
}

const costsOf = (source: SideWords, target: SideWords, measure: Measure): Costs => ({
  sources: source.words.length,
  targets: target.words.length,
  cost(i, j, a, b) {
    const prior = PRIORS[`${a}${b}`]
    if (a === 0 || b === 0) return prior
    const lengths = source.lengths.slice(i - a, i).reduce((x, y) => x + y, 0)
    const others = target.lengths.slice(j - b, j).reduce((x, y) => x + y, 0)
    const { common, all } = inCommon(source.words.slice(i - a, i), target.words.slice(j - b, j), measure.weights)
    const against = measure.isTranslated ? (NEITHER * all) / 2 : 0
    return prior + lengthCost(lengths, others, measure.ratio) + (WEIGHT * (against - common)) / measure.usual
  },
  coarser: () => costsOf(coarserSide(source), coarserSide(target), measure),
})

type Words = readonly ReadonlyMap<string, number>[]

/** How much of the words of both sides is in common, by weight: 2 · common / (one + other). */
export function shareOf(source: Words, target: Words, weights: ReadonlyMap<string, number>): number {
  const { common, all } = inCommon(source, target, weights)
  return all > 0 ? (2 * common) / all : 0
}

/** The weight of the words that both sides have, and of all. */
function inCommon(source: Words, target: Words, weights: ReadonlyMap<string, number>): { common: number; all: number } {
  const [one, other] = [joined(source), joined(target)]
  let [common, all] = [0, 0]
  const weight = (word: string) => weights.get(word) ?? 1
  for (const [word, count] of one) {
    common += weight(word) * Math.min(count, other.get(word) ?? 0)
    all += weight(word) * count
  }
  for (const [word, count] of other) all += weight(word) * count
  return { common, all }
}

/** log(sentences / those that have the word), at least a tenth. */
export function rarity(sentences: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const words of sentences) for (const word of words.keys()) counts.set(word, (counts.get(word) ?? 0) + 1)
  return new Map([...counts].map(([word, count]) => [word, Math.max(0.1, Math.log((1 + sentences.length) / count))]))
}

function joined(parts: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  if (parts.length === 1) return parts[0]
  const all = new Map<string, number>()
  for (const words of parts) for (const [word, count] of words) all.set(word, (all.get(word) ?? 0) + count)
  return all
}

/** -log of how likely a translation differs so much in its length from what is usual. */
function lengthCost(source: number, target: number, ratio: number): number {
  const mean = (source + target / ratio) / 2
  if (mean === 0) return 0
  const deviations = Math.abs(target - source * ratio) / Math.sqrt(VARIANCE * mean)
  return -Math.log(Math.max(1e-6, 2 * upperTail(deviations)))
}

/** 1 - Φ(z) for z ≥ 0 (Abramowitz and Stegun 26.2.17). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum
}

function coarserSide({ lengths, words }: SideWords): SideWords {
  const two = <T>(list: readonly T[]) => list.flatMap((_, i) => (i % 2 ? [] : [list.slice(i, i + 2)]))
  return { lengths: two(lengths).map((pair) => pair.reduce((a, b) => a + b, 0)), words: two(words).map(joined) }
}
