import { eld } from 'eld/extrasmall'
import { languageTag } from '../text/languages.ts'

/** The most characters that are read of a text: more tell no more about its language. */
const READ = 2000

/** A language that a text may be in, by its code as it was asked for. */
export interface Detected {
  language: string
  /** 0 to 1: how sure it is. */
  confidence: number
}

/** The languages of `codes` that a text may be in, the likeliest first; none where nothing tells. */
export function detected(text: string, codes: readonly string[]): Detected[] {
  const scores = eld.detect(text.slice(0, READ)).getScores()
  const found = codes.flatMap((code) => {
    const score = scores[baseOf(code)]
    return score === undefined ? [] : [{ language: code, confidence: score }]
  })
  return found.toSorted((a, b) => b.confidence - a.confidence)
}

/** The language by which eld knows a code: it says 'no' for Norwegian, and 'tl' for Filipino. */
function baseOf(code: string): string {
  const tag = languageTag(code)
  const language = tag === undefined ? code : new Intl.Locale(tag).language
  return language === 'fil' ? 'tl' : language
}
