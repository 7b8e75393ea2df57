import type { NumberLanguages } from '../protect/written-numbers.ts'
import { numberFaults } from './number-check.ts'
import { placeholderFaults, tagFaults } from './tag-checks.ts'
import { doubledFaults, lengthFaults, termFaults, untranslatedFaults } from './word-checks.ts'

/** What is checked, as programs for translators name it. */
export type CheckName = (typeof checkNames)[number]
export const checkNames = ['numbers', 'terms', 'placeholders', 'tags', 'untranslated', 'doubled', 'length'] as const

/** A text beside its translation, with the names of inline tags that the texts leave out. */
export interface CheckedPair {
  source: string
  target: string
  tags?: { source: readonly string[]; target: readonly string[] }
}

/** What is known of a pair beside its texts. */
export interface CheckContext {
  languages: NumberLanguages
  /** Terms with the translations that they may have. */
  terms: readonly (readonly [term: string, targets: readonly string[]])[]
}

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
