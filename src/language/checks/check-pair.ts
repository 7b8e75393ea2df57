import { type CheckContext, type CheckedPair, CodedText } from './checked-pair.ts'
import { numberFaults } from './number-check.ts'
import { placeholderFaults, tagFaults } from './tag-checks.ts'
import { doubledFaults, lengthFaults, termFaults, untranslatedFaults } from './word-checks.ts'

/** The checks, as programs for translators name them. */
export type CheckName = (typeof checkNames)[number]
export const checkNames = ['numbers', 'terms', 'placeholders', 'tags', 'untranslated', 'doubled', 'length'] as const

/** Something that is perhaps wrong in a translation. */
export interface Fault {
  check: CheckName
  /** The fault in words. */
  says: string
}

/** The most characters of a text whose words and codes are looked at: searches take time that grows with the text. */
const LONGEST = 5000

/** Faults that a translation may have. Texts of more than 5,000 characters are checked for a translation and its length alone. */
export function checkPair(pair: CheckedPair, { languages, terms }: CheckContext): Fault[] {
  const untranslated = named('untranslated', untranslatedFaults(pair))
  if (pair.target.trim() === '') return untranslated
  const length = named('length', lengthFaults(pair))
  if (Math.max(pair.source.length, pair.target.length) > LONGEST) return [...untranslated, ...length]
  const coded = { source: new CodedText(pair.source), target: new CodedText(pair.target) }
  return [
    ...named('numbers', numberFaults(coded, languages)),
    ...named('terms', termFaults(pair, terms)),
    ...named('placeholders', placeholderFaults(coded)),
    ...named('tags', tagFaults(coded, pair.tags)),
    ...untranslated,
    ...named('doubled', doubledFaults(pair, languages.target)),
    ...length,
  ]
}

const named = (check: CheckName, says: readonly string[]): Fault[] => says.map((each) => ({ check, says: each }))
