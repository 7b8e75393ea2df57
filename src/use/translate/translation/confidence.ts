import { present } from '../../../base/present.ts'
import type { ConfidenceModel } from '../../../files/folders/layout/confidence-file.ts'

/** A word of a translation, and how probably it is right. */
export interface ConfidentWord {
  text: string
  /** From 0 to 1. */
  score: number
  /** Its beginning and end in the translation's text, in UTF-16 units. */
  start: number
  end: number
}

/** How probably a translation is right, by words: the share of its words that people would write too. */
export interface Confidence {
  /** The mean of the words, from 0 to 1. */
  score: number
  words: ConfidentWord[]
}

/** The confidence of a sentence whose words have no places yet. */
export interface SentenceConfidence {
  score: number
  words: { text: string; score: number }[]
}

/** The words of a translation, with the features of their tokens. */
export interface ScoredWord {
  text: string
  /** Mean and least log-probability of the tokens, their number, and the mean of all tokens. */
  features: [mean: number, least: number, tokens: number, sentence: number]
}

/**
 * The words of a sentence as its tokens make them up: a token that begins with white space begins a word. The end does
 * not count.
 */
export function scoredWords(
  ids: readonly number[],
  scores: readonly number[],
  decode: (ids: readonly number[]) => string,
): ScoredWord[] {
  const words: { text: string; scores: number[] }[] = []
  let before = ''
  ids.forEach((_, i) => {
    const text = decode(ids.slice(0, i + 1))
    const added = text.slice(before.length)
    before = text
    if (added === '') return
    const last = words.at(-1)
    if (last && !/^\s/.test(added)) {
      last.text += added
      last.scores.push(scores[i])
    } else words.push({ text: added.trim(), scores: [scores[i]] })
  })
  const all = words.flatMap((word) => word.scores)
  const sentence = mean(all)
  return words.map((word) => ({
    text: word.text,
    features: [mean(word.scores), Math.min(...word.scores), word.scores.length, sentence],
  }))
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)

/** The probability that a word is right. */
export function probabilityOf(
  { stds, means, coefficients, intercept }: ConfidenceModel,
  features: readonly number[],
): number {
  const wrong = features.reduce((sum, value, i) => sum + (coefficients[i] * (value - means[i])) / stds[i], intercept)
  return 1 / (1 + Math.exp(wrong))
}

/** The confidence of words; a translation without words is right. */
export function confidenceOf(model: ConfidenceModel, words: readonly ScoredWord[]): SentenceConfidence {
  const scored = words.map(({ text, features }) => ({ text, score: probabilityOf(model, features) }))
  return { score: scored.length ? mean(scored.map(({ score }) => score)) : 1, words: scored }
}

/**
 * The words with their places in a text that begins at `from`. The text may have other capitals than the model wrote,
 * and what the source has in place of a stand-in: a word that is not there stands for what lies before the next one.
 */
export function placedWords(text: string, words: SentenceConfidence['words'], from: number): ConfidentWord[] {
  const small = text.toLowerCase()
  const isSameLength = small.length === text.length
  const found: (ConfidentWord | null)[] = []
  let at = 0
  for (const { text: word, score } of words) {
    const exact = text.indexOf(word, at)
    const start = exact < 0 && isSameLength ? small.indexOf(word.toLowerCase(), at) : exact
    if (start < 0 || start > at + FARTHEST) {
      found.push(null)
      continue
    }
    at = start + word.length
    found.push({ text: text.slice(start, at), score, start, end: at })
  }
  return words.flatMap(({ score }, i) => {
    const own = found[i] ?? between(text, found, i, score)
    return own ? [{ ...own, start: from + own.start, end: from + own.end }] : []
  })
}

/** A word that is farther away than this is another one. */
const FARTHEST = 200

/** The part of the text between the words before and after a word that is not in it; null where there is nothing. */
function between(
  text: string,
  found: readonly (ConfidentWord | null)[],
  i: number,
  score: number,
): ConfidentWord | null {
  if (i > 0 && !found[i - 1]) return null // the word before has it
  const before = i > 0 ? present(found[i - 1]).end : 0
  const after = found.slice(i).find((each) => each)?.start ?? text.length
  const part = text.slice(before, after)
  const start = before + part.length - part.trimStart().length
  const word = part.trim()
  return word === '' ? null : { text: word, score, start, end: start + word.length }
}
