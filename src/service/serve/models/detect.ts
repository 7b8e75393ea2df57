import { eld } from 'eld/extrasmall'
import { languageTag } from '../../../language/text/languages.ts'

/** The maximum number of characters used for detection: more do not improve it. */
const READ = 1000

/** A candidate for the language of a text, by its requested code. */
export interface Detected {
  language: string
  /** The probability of the language, among those that were asked for. */
  confidence: number
  /** How much the letters of the text are those of the language, from 0 to 1. */
  likeness: number
}

/**
 * The probability of a language is the softmax of the likenesses times this: with it, words and sentences of Tatoeba in
 * French and English (9,000, one word to a sentence) have an expected calibration error of 0.033; with 20 it is 0.074,
 * with 40 0.044.
 */
const SHARPNESS = 30

/** The candidate languages of a text among `codes`, the likeliest first; none where nothing indicates one. */
export function detector(codes: readonly string[]): (text: string) => Detected[] {
  const known = codes.map((language) => ({ language, base: baseOf(language), letters: lettersOf(language) }))
  return (text) => {
    const read = partRead(text)
    const scores = eld.detect(read).getScores()
    const found = known.flatMap(({ language, base, letters }) => {
      const score = scores[base]
      const isAnother = score === undefined || !letters.test(read) || FOREIGN[base]?.test(read)
      return isAnother ? [] : [{ language, likeness: score }]
    })
    const most = Math.max(...found.map(({ likeness }) => likeness))
    const weights = found.map(({ likeness }) => Math.exp(SHARPNESS * (likeness - most)))
    const sum = weights.reduce((a, b) => a + b, 0)
    return found
      .map((each, i) => ({ ...each, confidence: weights[i] / sum }))
      .toSorted((a, b) => b.likeness - a.likeness)
  }
}

/** The codes of all languages that can be detected. */
export const detectable: readonly string[] = Object.values(eld.info().Languages)

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

/** Scripts of languages that have several, or whose letters Unicode counts to others. */
const SCRIPTS: Readonly<Record<string, string>> = {
  Hans: '\\p{sc=Han}',
  Hant: '\\p{sc=Han}',
  Jpan: '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}',
  Kore: '\\p{sc=Hang}\\p{sc=Han}',
}

/** Cyrillic letters that a language does not have: a text with them is in another. */
const FOREIGN: Readonly<Record<string, RegExp>> = {
  ru: /[іїєґўђѓјљњћќџѕ]/i,
  uk: /[ыэёъўђѓјљњћќџѕ]/i,
  be: /[ищъїєґђѓјљњћќџѕ]/i,
  bg: /[ыэёіїєґўђѓјљњћќџѕ]/i,
  sr: /[йщъыьэюяёіїєґўѓќѕ]/i,
}

/** Languages that people write in two scripts. */
const BOTH = /^(?:az|bs|kk|ku|ky|mn|ms|pa|sr|tg|tk|tt|ug|ur|uz|hi)$/

/** The letters of a language: a text that has none of them is not in it ("hello handsome man" is no Bengali). */
function lettersOf(code: string): RegExp {
  const tag = languageTag(code)
  const locale = tag === undefined ? undefined : new Intl.Locale(tag).maximize()
  if (!locale?.script || BOTH.test(locale.language)) return /\p{L}/u
  return new RegExp(`[${SCRIPTS[locale.script] ?? `\\p{sc=${locale.script}}`}]`, 'u')
}
