import { eld } from 'eld/extrasmall'
import { languageTag } from '../../language/text/languages.ts'

/** The maximum number of characters used for detection: more do not improve it. */
const READ = 1000

/** A candidate for the language of a text, by its requested code. */
export interface Detected {
  language: string
  /** Confidence from 0 to 1. */
  confidence: number
}

/** The candidate languages of a text among `codes`, the likeliest first; none where nothing indicates one. */
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

/** Whether a text has at least this many words. */
export function hasWords(text: string, count: number): boolean {
  let found = 0
  for (const { isWordLike } of words.segment(partRead(text))) if (isWordLike && ++found >= count) return true
  return false
}

const words = new Intl.Segmenter(undefined, { granularity: 'word' })

/** The beginning of a text, without tags and addresses, which have no language. */
const partRead = (text: string): string =>
  text
    .slice(0, 4 * READ)
    .replace(/<[^<>]*>/g, ' ')
    .slice(0, READ)
    .replace(/[!-~]+/g, (word) => (/[@/]|\w\.\w/.test(word) ? ' ' : word))

/** eld's code of a language: 'no' for Norwegian, and 'tl' for Filipino. */
function baseOf(code: string): string {
  const tag = languageTag(code)
  const language = tag === undefined ? code : new Intl.Locale(tag).language
  return language === 'fil' ? 'tl' : language
}
