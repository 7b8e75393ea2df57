import type { CheckContext, CheckedPair } from './checked-pair.ts'
import { numberFaults } from './number-check.ts'
import { placeholderFaults, tagFaults } from './tag-checks.ts'
import { doubledFaults, lengthFaults, termFaults, untranslatedFaults } from './word-checks.ts'

/** What is checked, as programs for translators name it. */
export type CheckName = (typeof checkNames)[number]
export const checkNames = ['numbers', 'terms', 'placeholders', 'tags', 'untranslated', 'doubled', 'length'] as const

/** Something that is perhaps wrong in a translation. */
export interface Fault {
  check: CheckName
  /** What is wrong, in words. */
  says: string
}

/** The parts of a text that are looked at: searches take time that grows with the text. */
const LONGEST = 5000

/** What is perhaps wrong in a translation. Texts of more than 5,000 characters are checked for a translation and its length alone. */
export function checkPair(pair: CheckedPair, { languages, terms }: CheckContext): Fault[] {
  const untranslated = named('untranslated', untranslatedFaults(pair))
  if (pair.target.trim() === '') return untranslated
  const length = named('length', lengthFaults(pair))
  if (Math.max(pair.source.length, pair.target.length) > LONGEST) return [...untranslated, ...length]
  return [
    ...named('numbers', numberFaults(pair, languages)),
    ...named('terms', termFaults(pair, terms)),
    ...named('placeholders', placeholderFaults(pair)),
    ...named('tags', tagFaults(pair)),
    ...untranslated,
    ...named('doubled', doubledFaults(pair, languages.target)),
    ...length,
  ]
}

const named = (check: CheckName, says: readonly string[]): Fault[] => says.map((each) => ({ check, says: each }))
