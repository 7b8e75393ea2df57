import { type CheckContext, type CheckedPair, CodedText } from './checked-pair.ts'

/** A text without a translation, or whose translation is the text itself. */
export function untranslatedFaults({ source, target }: CheckedPair): string[] {
  if (!/\p{L}/u.test(source)) return []
  if (target.trim() === '') return ['it has no translation']
  const isSame = plain(source) === plain(target) && (source.length > LONG || wordsIn(source).length > 0)
  return isSame ? ['the translation is the source itself'] : []
}

/** Characters from which on a text has words in any case. */
const LONG = 5000

const plain = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase()

/** Words of two letters and more outside of placeholders; words in capitals are names of things. */
function wordsIn(text: string): string[] {
  const words = new CodedText(text).plain.match(/[\p{L}\p{M}]{2,}/gu) ?? []
  return words.filter((word) => word !== word.toUpperCase() || !/\p{Lu}/u.test(word))
}

/** Terms of a glossary whose translation is missing. A translation may have an ending more. */
export function termFaults({ source, target }: CheckedPair, terms: CheckContext['terms']): string[] {
  if (!terms.length) return []
  const [own, other] = [` ${words(source)} `, ` ${words(target)} `]
  const has = (text: string, term: string) => text.includes(` ${words(term)} `)
  const begins = (text: string, term: string) =>
    text
      .split(` ${words(term)}`)
      .slice(1)
      .some((after) => after.search(/\s|$/) <= LONGEST_ENDING)
  return terms
    .filter(([term, targets]) => has(own, term) && !targets.some((each) => begins(other, each)))
    .map(([term, targets]) => `“${term}” is not translated as “${targets.join('” or “')}”`)
}

/** The letters of an ending of plurals and cases. */
const LONGEST_ENDING = 3

/** A text as words and signs between single spaces. */
const words = (text: string) => (text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? []).join(' ')

/** Words that French has twice in good sentences. */
const TWICE = /^(?:nous|vous)$/

/** Words that stand twice in a row, and do not in the source. */
export function doubledFaults({ source, target }: CheckedPair, language: string | undefined): string[] {
  const own = doubledIn(source).length
  const found = doubledIn(target).filter((word) => !(language?.startsWith('fr') && TWICE.test(word)))
  return found.length > own ? [...new Set(found)].map((word) => `the word “${word}” stands twice`) : []
}

function doubledIn(text: string): string[] {
  const found: string[] = []
  let [before, end] = ['', -1]
  for (const { 0: word, index } of text.matchAll(/[\p{L}\p{M}]+/gu)) {
    const small = word.toLowerCase()
    if (small === before && /^\s+$/.test(text.slice(end, index))) found.push(small)
    before = small
    end = index + word.length
  }
  return found
}

/** Characters of Chinese, Japanese and Korean, which say as much as several letters. */
const DENSE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu
const LETTERS = 2.5

/** Characters from which on the length of a translation tells something, and how it may differ. */
const SHORT = 20
const [LEAST, MOST] = [0.45, 2]
const [LEAST_OF_SHORT, MOST_OF_SHORT] = [0.25, 3.5]
/** Texts of fewer characters are not compared. */
const SHORTEST = 4

/** A translation that is much shorter or longer than its source. */
export function lengthFaults({ source, target }: CheckedPair): string[] {
  const [own, other] = [lengthOf(source), lengthOf(target)]
  if (own < SHORTEST) return []
  const ratio = other / own
  const [least, most] = own > SHORT ? [LEAST, MOST] : [LEAST_OF_SHORT, MOST_OF_SHORT]
  if (ratio >= least && ratio <= most) return []
  return [`the translation has ${ratio.toFixed(1)} times the length of the source`]
}

function lengthOf(text: string): number {
  const trimmed = text.trim()
  return trimmed.length + (LETTERS - 1) * (trimmed.match(DENSE)?.length ?? 0)
}
