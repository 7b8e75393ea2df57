import type { NumberLanguages } from '../protect/written-numbers.ts'

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
