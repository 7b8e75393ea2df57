import type { PlacedText } from '../../../language/protect/span.ts'
import type { SentenceSearch } from '../searches/sentence-search.ts'

/** A source in the form that the model takes. */
export interface PreparedText {
  sentences: PreparedSentence[]
  /**
   * The text around the sentences, which is kept: one part more than sentences. Places count within the surrounding
   * text.
   */
  around: PlacedText[]
  /** The sentences in groups, each of which may also be read as one. */
  groups: Group[]
}

export interface PreparedSentence {
  search: SentenceSearch
  /** Whether decoded ids are the text of the translation, so that text can be streamed while the ids grow. */
  isPlain: boolean
  /** The sentence as the source has it; left out where it has spans. */
  raw?: string
}

/** Consecutive sentences of a text: alone, or a passage that the model also reads as one. */
export interface Group {
  /** The first sentence, and the one after the last. */
  first: number
  after: number
  /** The sentences as one; left out where there is one. */
  passage?: PreparedSentence
}
