import type { GenerationOptions } from '../../../engine/decode/options.ts'
import { type Spelling, type Term, termsIn } from '../../../engine/decode/search/index.ts'
import type { PlacedSpan } from '../../../language/protect/span.ts'
import type { PieceTexts } from '../../../language/text/piece-texts.ts'
import { type FoundTerm, TermFinder, TermPlaces, type TextRange } from '../../../language/text/term-finder.ts'
import type { Tokenizer } from '../../../language/text/tokenizer.ts'
import type { GlossaryEntry } from '../glossary-option.ts'

/**
 * Why a translation has not the term that it should have. 'vocabulary': the model's pieces cannot write it. 'length': it does not fit into
 * `maxTokens`, or into the longest target of the model. 'search': the search has not found a translation with it, because other options
 * forbid its pieces or stop the search before.
 */
export type GlossaryReason = 'vocabulary' | 'length' | 'search'

/** What became of a term of the source. */
export interface GlossaryTerm {
  /** The entry of the glossary. */
  source: string
  target: string
  /** Where the term stands in the source, in UTF-16 units. */
  start: number
  end: number
  /** Whether the translation has its target, as words of their own. */
  found: boolean
  /** Why it has not. */
  reason?: GlossaryReason
}

/** A term, and where its words stand in the source. */
export interface PlacedTerm extends TextRange {
  term: Term
}

/** A term that a sentence has. */
interface SentenceTerm {
  entry: GlossaryEntry
  /** The term as a translation must have it; the reason why it cannot. */
  term: Term | GlossaryReason
  /** As the sentence has it. */
  words: string
  /** Where. */
  start: number
  end: number
}

/** The terms of one sentence. */
export class SentenceTerms {
  readonly #terms: readonly SentenceTerm[]

  constructor(terms: readonly SentenceTerm[]) {
    this.#terms = terms
  }

  /** What the search has to find. */
  get wanted(): Term[] {
    return this.#terms.flatMap(({ term }) => (typeof term === 'string' ? [] : [term]))
  }

  /** Where those are in the sentence. */
  get places(): PlacedTerm[] {
    return this.#terms.flatMap(({ term, start, end }) => (typeof term === 'string' ? [] : [{ term, start, end }]))
  }

  /** What became of each, in a translation's text; `placed` tells where the source has words. */
  outcome(text: string, placed: (words: string) => TextRange): GlossaryTerm[] {
    const { wanted } = this
    const byLength = [...wanted].sort((a, b) => b.text.length - a.text.length)
    const ranges = termsIn(text, byLength)
    const isFound = (term: Term) => ranges[byLength.indexOf(term)] !== null
    return this.#terms.map(({ entry: [source, target], term, words }) => {
      const found = typeof term === 'string' ? termsIn(text, [{ text: target }])[0] !== null : isFound(term)
      const reason = typeof term === 'string' ? term : 'search'
      return { source, target, ...placed(words), found, ...(!found && { reason }) }
    })
  }
}

export const NO_TERMS = new SentenceTerms([])

/** The least beams of a search for terms: with fewer there is no room beside translations that have no term yet. */
const LEAST_BEAMS = 4

/**
 * The options of a search for a translation with terms, behind so many first tokens. Terms may be any ids, and are ranked by log-probabilities
 * as the model gives them.
 */
export const searchingTerms = (options: GenerationOptions, begun: number): GenerationOptions => ({
  ...options,
  beams: Math.max(LEAST_BEAMS, options.beams),
  minTokens: Math.max(0, options.minTokens - begun),
  maxTokens: options.maxTokens === null ? null : Math.max(1, options.maxTokens - begun),
  shortlist: false,
  renormalize: false,
})

/** Where words stand in a source, one behind the other. `spans`: what is protected; units have no terms. */
export function placing(source: string, spans: readonly PlacedSpan[] = []): (words: string) => TextRange {
  const units = spans.filter(({ kind }) => kind === 'copy').map((span) => span.source)
  const places = new TermPlaces(source, units)
  return (words) => places.next(words)
}

/** A glossary as a model uses it. */
export class ModelGlossary {
  readonly #entries: readonly GlossaryEntry[]
  readonly #finder: TermFinder
  readonly #spelling: (words: string) => Spelled | null
  readonly #limit: number

  /** `longest`: the most tokens of a target. */
  constructor(entries: readonly GlossaryEntry[], tokenizer: Tokenizer, pieces: PieceTexts, longest: number) {
    this.#entries = entries
    this.#finder = new TermFinder(entries.map(([source]) => source))
    this.#spelling = speller(tokenizer, pieces)
    this.#limit = longest
  }

  /** The terms of a sentence as the model reads it; with `anyCase` capitals do not count in it. */
  termsOf(sentence: string, { maxTokens }: GenerationOptions, anyCase = false): SentenceTerms {
    let left = Math.min(maxTokens ?? Infinity, this.#limit) - 1 // the end
    const terms = this.#finder.in(sentence, anyCase).map((found): SentenceTerm => {
      const entry = this.#entries[found.term]
      const { start, end } = found
      const words = sentence.slice(start, end)
      const at = { entry, words, start, end }
      const term = this.#termOf(entry, words, found)
      if (!term) return { ...at, term: 'vocabulary' }
      const tokens = term.spellings[0].ids.length
      if (tokens > left) return { ...at, term: 'length' }
      left -= tokens
      return { ...at, term }
    })
    return new SentenceTerms(terms)
  }

  #termOf([source, target]: GlossaryEntry, words: string, { isFirst }: FoundTerm): Term | null {
    const usual = this.#spelling(target)
    if (!usual) return null
    const term = { text: target, spellings: usual.spellings }
    // A capital that the source has only because it begins the sentence may be one of the translation too.
    const first = isFirst && words[0] !== source[0] ? capitalized(target) : target
    const spelled = first === target ? null : this.#spelling(first)
    if (!spelled) return term
    const { ids } = spelled.spellings[0]
    return { ...term, first, spellings: [...term.spellings, { ids, place: 'first' }] }
  }
}

const capitalized = (text: string) => {
  const [first = ''] = text
  return first.toUpperCase() + text.slice(first.length)
}

interface Spelled {
  spellings: readonly Spelling[]
}

/** Signs behind which words stand without a space. */
const SIGN = '('

/** How words are written in tokens; null where the vocabulary cannot write them. */
function speller(tokenizer: Tokenizer, pieces: PieceTexts): (words: string) => Spelled | null {
  const known = new Map<string, Spelled | null>()
  const textOf = (ids: readonly number[]) => ids.map((id) => pieces.of(id)).join('')
  const encode = (text: string) => tokenizer.encodeTarget(text, { special: false })
  const spell = (words: string): Spelled | null => {
    const ids = encode(words)
    if (!ids.length || tokenizer.decode(ids).trim() !== words || textOf(ids).trim() !== words) return null
    const spellings: Spelling[] = [{ ids, place: 'behind space' }]
    const behindSign = encode(SIGN + words)
    const signs = behindSign.findIndex((_, i) => textOf(behindSign.slice(0, i + 1)).trim() === SIGN) + 1
    const attached = behindSign.slice(signs)
    if (signs > 0 && textOf(attached) === words) spellings.push({ ids: attached, place: 'behind sign' })
    return { spellings }
  }
  return (words) => {
    let spelled = known.get(words)
    if (spelled === undefined) {
      spelled = spell(words)
      known.set(words, spelled)
    }
    return spelled
  }
}
