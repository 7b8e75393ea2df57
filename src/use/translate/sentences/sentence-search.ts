import type { Found, Term } from '../../../engine/decode/search/index.ts'
import type { PlacedSpan } from '../../../language/protect/span.ts'
import type { CopiedToken } from './copied-token.ts'
import type { SentenceTerms } from './glossary.ts'

/** What is to be searched for: a translation of these ids. */
export interface Wanted {
  /** Source ids, the end included. */
  ids: readonly number[]
  /** The text that these are the ids of; undefined for a source that was given as ids. */
  text?: string
  /** The translation's first ids, where they are known. */
  begin?: readonly number[]
  /** What the translation must have. */
  terms?: readonly Term[]
  /** Whether what is found may be changed still, so that its beginning cannot be told. */
  isHeld?: boolean
  /** Whether the text has not the capitals of the source. */
  isRecased?: boolean
  /** How many of the best hypotheses are needed, at most as many as beams; default: as many as were asked for. */
  alternatives?: number
}

/** A sentence's translation: what a search has found, and its text. */
export interface SentenceTranslation extends Found {
  text: string
  /** What stands in the text as in the source; places in the text of the sentence. */
  spans: readonly PlacedSpan[]
  /** The unknown tokens that tokens of the source stand for. */
  copied?: readonly CopiedToken[]
  /** The terms of a glossary that the sentence has. */
  terms?: SentenceTerms
}

/**
 * The work on one sentence: yields what the model is to translate, is given what the search has found, and returns the translations, the best
 * first. Who changes a sentence before the model reads it wraps this.
 */
export type SentenceSearch = Generator<Wanted, SentenceTranslation[], readonly Found[]>

/** The search for a sentence that is read as it is. */
export function* plainSearch(
  ids: readonly number[],
  decode: (ids: readonly number[]) => string,
  text?: string,
): SentenceSearch {
  const found = yield { ids, text }
  return found.map((each) => ({ ...each, text: decode(each.ids), spans: NO_SPANS }))
}

const NO_SPANS: readonly PlacedSpan[] = []
