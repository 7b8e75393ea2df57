import type { Vocabulary } from './vocabulary.ts'

/** A model that cuts words into tokens. */
export interface Cut {
  readonly vocabulary: Vocabulary
  /** The ids of a word, which is not empty. */
  idsOf(word: string): number[]
}
