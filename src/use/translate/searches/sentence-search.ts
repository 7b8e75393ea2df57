import type { Found, Term } from '../../../engine/decode/search/index.ts'
import type { PlacedSpan } from '../../../language/protect/span.ts'
import type { CopiedToken } from '../translation/translation.ts'
import type { SentenceTerms } from './glossary.ts'

/** Input of one search: the ids to be translated, and further conditions. */
export interface SearchInput {
  /** Source ids, the end included. */
  source: readonly number[]
  /** The text of these ids; undefined for a source that was given as ids. */
  text?: string
  /** The translation's first ids, if they are known. */
  begin?: readonly number[]
  /** Terms that the translation must have. */
  terms?: readonly Term[]
  /** The most tokens of the translation after its first ids, with terms: where they do not fit in, no length helps. */
  mostTokens?: number
  /** Whether the result may still be changed, so that its beginning cannot be streamed. */
  isHeld?: boolean
  /** Whether the case of the text differs from that of the source. */
  isRecased?: boolean
  /** The number of best hypotheses that are needed, at most the number of beams. Default: the number asked for. */
  alternatives?: number
}

/** A translation of a sentence: the search's result, and its text. */
export interface SentenceTranslation extends Found {
  text: string
  /** The parts that the text copies from the source; places count within the sentence's text. */
  spans: readonly PlacedSpan[]
  /** The unknown tokens that were replaced by source tokens. */
  copied?: readonly CopiedToken[]
  /** The beginning that was taken from a similar translation. */
  begun?: string
  /** The glossary terms of the sentence. */
  terms?: SentenceTerms
}

/**
 * The work on one sentence, as a generator: yields the ids that the model must translate, receives the search's
 * results, and returns the translations, best first. Code that changes a sentence before the model reads it wraps this
 * generator.
 */
export type SentenceSearch = Generator<SearchInput, SentenceTranslation[], readonly Found[]>

/** The search for a sentence that is read as it is. */
export function* plainSearch(
  source: readonly number[],
  decode: (ids: readonly number[]) => string,
  text?: string,
): SentenceSearch {
  const found = yield { source, text }
  return found.map((each) => ({ ...each, text: decode(each.ids), spans: NO_SPANS }))
}

const NO_SPANS: readonly PlacedSpan[] = []
