import { type Spelling, type Term, type TermForm, termsIn } from '../../../engine/decode/search/index.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import type { PlacedSpan } from '../../../language/protect/span.ts'
import { type FoundTerm, TermFinder, TermPlaces, type TextRange } from '../../../language/text/sentences/term-finder.ts'
import type { PieceTexts } from '../../../language/text/tokenizer/piece-texts.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import type { GlossaryEntry } from '../options/glossary-option.ts'
import type { GlossaryReason, GlossaryTerm } from '../translation/translation.ts'

/** A term, and the places of its words in the source. */
export interface PlacedTerm extends TextRange {
  term: Term
}

/** A term that occurs in a sentence. */
interface SentenceTerm {
  entry: GlossaryEntry
  /** The term in the form that a translation must have, or the reason why it is impossible. */
  term: Term | GlossaryReason
  /** The term as written in the sentence. */
  words: string
  /** Its place in the sentence. */
  start: number
  end: number
}

/** The terms of one sentence. */
export class SentenceTerms {
  readonly #terms: readonly SentenceTerm[]

  constructor(terms: readonly SentenceTerm[]) {
    this.#terms = terms
  }

  /** The terms that the search must place. */
  get wanted(): Term[] {
    return this.#terms.flatMap(({ term }) => (typeof term === 'string' ? [] : [term]))
  }

  /** Their places in the sentence. */
  get places(): PlacedTerm[] {
    return this.#terms.flatMap(({ term, start, end }) => (typeof term === 'string' ? [] : [{ term, start, end }]))
  }

  /** The outcome of each term, given a translation's text; `placed` maps words to places in the source. */
  outcome(text: string, placed: (words: string) => TextRange): GlossaryTerm[] {
    const { wanted } = this
    const byLength = [...wanted].sort((a, b) => b.text.length - a.text.length)
    const ranges = termsIn(text, byLength)
    const rangeOf = (term: Term) => ranges[byLength.indexOf(term)]
    return this.#terms.map(({ entry: [source, target], term, words }) => {
      const range = typeof term === 'string' ? termsIn(text, [plainForms(target)])[0] : rangeOf(term)
      const reason = typeof term === 'string' ? term : 'search'
      const form = range && formsOf(target).find((each) => isForm(each, text.slice(range.start, range.end)))
      const found = range !== null
      return { source, target: form ?? target, ...placed(words), found, ...(!found && { reason }) }
    })
  }
}

/** The allowed forms of a target: `USB stick | USB sticks`. */
const formsOf = (target: string): string[] => target.split(/\s+\|\s+/)

function plainForms(target: string): TermForm & { others: TermForm[] } {
  const [text, ...others] = formsOf(target)
  return { text, others: others.map((other) => ({ text: other })) }
}

/** Whether words of a text are a form, perhaps with a capital at the beginning. */
const isForm = (form: string, words: string) => words === form || words === capitalized(form)

export const NO_TERMS = new SentenceTerms([])

/** Smallest number of beams of a search for terms: with fewer, translations without terms would fill the beam. */
const LEAST_BEAMS = 4

/**
 * The options of a search for a translation with terms, after this many first tokens, of at most `most` tokens. Terms may consist of any ids, and
 * are ranked by the model's own log-probabilities.
 */
export const searchingTerms = (options: GenerationOptions, begun: number, most = Infinity): GenerationOptions => ({
  ...options,
  beams: Math.max(LEAST_BEAMS, options.beams),
  minTokens: Math.max(0, options.minTokens - begun),
  maxTokens: limitOf(options.maxTokens === null ? most : Math.min(most, Math.max(1, options.maxTokens - begun))),
  shortlist: false,
  renormalize: false,
})

const limitOf = (tokens: number) => (tokens === Infinity ? null : tokens)

/** The places of words in a source, in order. Protected units (`spans`) contain no terms. */
export function placing(source: string, spans: readonly PlacedSpan[] = []): (words: string) => TextRange {
  const units = spans.filter(({ kind }) => kind === 'copy').map((span) => span.source)
  const places = new TermPlaces(source, units)
  return (words) => places.next(words)
}

/** A glossary in the form that a model uses. */
export class ModelGlossary {
  readonly #entries: readonly GlossaryEntry[]
  readonly #finder: TermFinder
  readonly #spelling: (words: string) => Spelled | null
  readonly #limit: number

  /** `longest` is the largest number of tokens of a target. */
  constructor(entries: readonly GlossaryEntry[], tokenizer: Tokenizer, pieces: PieceTexts, longest: number) {
    this.#entries = entries
    this.#finder = new TermFinder(entries.map(([source]) => source))
    this.#spelling = speller(tokenizer, pieces)
    this.#limit = longest
  }

  /** The terms of a sentence as the model reads it; `anyCase` ignores case. */
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
    // If the source has a capital only because it begins the sentence, the translation may have one there too.
    const mayBegin = isFirst && words[0] !== source[0]
    const forms = formsOf(target).flatMap((form) => this.#formOf(form, mayBegin) ?? [])
    if (!forms.length) return null
    const [{ text, first }, ...others] = forms
    return {
      text,
      ...(first !== undefined && { first }),
      spellings: forms.flatMap(({ spellings }) => spellings),
      ...(others.length > 0 && { others: others.map(({ spellings: _, ...form }) => form) }),
    }
  }

  /** A form of a term; null if the vocabulary cannot spell it. */
  #formOf(text: string, mayBegin: boolean): (TermForm & Spelled) | null {
    const usual = this.#spelling(text)
    if (!usual) return null
    const first = mayBegin ? capitalized(text) : text
    const spelled = first === text ? null : this.#spelling(first)
    if (!spelled) return { text, spellings: usual.spellings }
    const { ids } = spelled.spellings[0]
    return { text, first, spellings: [...usual.spellings, { ids, place: 'first' }] }
  }
}

const capitalized = (text: string) => {
  const [first = ''] = text
  return first.toUpperCase() + text.slice(first.length)
}

interface Spelled {
  spellings: readonly Spelling[]
}

/** Punctuation marks after which words stand without a space. */
const SIGN = '('

/** The tokens that spell words; null if the vocabulary cannot spell them. */
function speller(tokenizer: Tokenizer, pieces: PieceTexts): (words: string) => Spelled | null {
  const known = new Map<string, Spelled | null>()
  const textOf = (ids: readonly number[]) => ids.map((id) => pieces.of(id)).join('')
  const encode = (text: string) => tokenizer.encodeTarget(text, { special: false })
  const spell = (words: string): Spelled | null => {
    const ids = encode(words)
    if (!ids.length || tokenizer.decode(ids).trim() !== words || textOf(ids).trim() !== words) return null
    const spellings: Spelling[] = [{ ids, place: 'after space' }]
    const afterSign = encode(SIGN + words)
    const signs = afterSign.findIndex((_, i) => textOf(afterSign.slice(0, i + 1)).trim() === SIGN) + 1
    const attached = afterSign.slice(signs)
    if (signs > 0 && textOf(attached) === words) spellings.push({ ids: attached, place: 'after sign' })
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
