import { eld } from 'eld/extrasmall'
import { languageTag } from '../../language/text/languages.ts'

/** The most characters that are read of a text: more tell no more about its language. */
const READ = 1000

/** A language that a text may be in, by its code as it was asked for. */
export interface Detected {
  language: string
  /** 0 to 1: how sure it is. */
  confidence: number
}

/** Says which languages of `codes` a text may be in, the likeliest first; none where nothing tells. */
export function detector(codes: readonly string[]): (text: string) => Detected[] {
  const known = codes.map((language) => ({ language, base: baseOf(language) }))
  return (text) => {
    const scores = eld.detect(partRead(text)).getScores()
    const found = known.flatMap(({ language, base }) => {
      const score = scores[base]
      return score === undefined ? [] : [{ language, confidence: score }]
    })
    return found.toSorted((a, b) => b.confidence - a.confidence)
  }
}

/** Whether a text has so many words. */
export function hasWords(text: string, count: number): boolean {
  let found = 0
  for (const { isWordLike } of words.segment(partRead(text))) if (isWordLike && ++found >= count) return true
  return false
}

const words = new Intl.Segmenter(undefined, { granularity: 'word' })

/** The beginning of a text, without tags and addresses, which are of no language. */
const partRead = (text: string): string =>
  text
    .slice(0, 4 * READ)
    .replace(/<[^<>]*>/g, ' ')
    .slice(0, READ)
    .replace(/[!-~]+/g, (word) => (/[@/]|\w\.\w/.test(word) ? ' ' : word))

/** The language by which eld knows a code: it says 'no' for Norwegian, and 'tl' for Filipino. */
function baseOf(code: string): string {
  const tag = languageTag(code)
  const language = tag === undefined ? code : new Intl.Locale(tag).language
  return language === 'fil' ? 'tl' : language
}
