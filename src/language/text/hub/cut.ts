import type { Vocabulary } from './vocabulary.ts'

/** A model that splits words into tokens. */
export interface Cut {
  readonly vocabulary: Vocabulary
  /** The ids of a non-empty word. */
  idsOf(word: string): number[]
}
