import { eld } from 'eld/extrasmall'
import { languageTag } from '../text/languages.ts'

/** The most characters that are read of a text: more tell no more about its language. */
const READ = 2000

/** Addresses and words with digits are of no language. */
eld.enableTextCleanup(true)

/** A language that a text may be in, by its code as it was asked for. */
export interface Detected {
  language: string
  /** 0 to 1: how sure it is. */
  confidence: number
}

/** The languages of `codes` that a text may be in, the likeliest first; none where nothing tells. */
export function detected(text: string, codes: readonly string[]): Detected[] {
  const scores = eld.detect(partRead(text)).getScores()
  const found = codes.flatMap((code) => {
    const score = scores[baseOf(code)]
    return score === undefined ? [] : [{ language: code, confidence: score }]
  })
  return found.toSorted((a, b) => b.confidence - a.confidence)
}

/** Whether a text has so many words. */
export function hasWords(text: string, count: number): boolean {
  let found = 0
  for (const { isWordLike } of words.segment(partRead(text))) if (isWordLike && ++found >= count) return true
  return false
}

const words = new Intl.Segmenter(undefined, { granularity: 'word' })

/** The beginning of a text, without tags, which are of no language. */
const partRead = (text: string): string =>
  text
    .slice(0, 4 * READ)
    .replace(/<[^<>]*>/g, ' ')
    .slice(0, READ)

/** The language by which eld knows a code: it says 'no' for Norwegian, and 'tl' for Filipino. */
function baseOf(code: string): string {
  const tag = languageTag(code)
  const language = tag === undefined ? code : new Intl.Locale(tag).language
  return language === 'fil' ? 'tl' : language
}
