import { lastOf, present } from '../../../base/present.ts'
import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import { characterAt, characterBefore, isWhole, isWithinWord } from '../../../language/text/sentences/whole-words.ts'
import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import type { TokenTexts } from '../hypotheses/token-texts.ts'
import type { RowEdits } from '../processors/processor.ts'

/** Words of a term as a text has them. */
export interface TermForm {
  text: string
  /** Another spelling, with a capital, at the beginning of a translation. */
  first?: string
}

/** A term: words that a translation must have, in one of their forms. */
export interface Term extends TermForm {
  /** Other allowed forms: `USB sticks` of `USB stick`. The search chooses. */
  others?: readonly TermForm[]
  /**
   * The id sequences that spell the words of all forms after a space or at the beginning, and directly after a punctuation mark; the
   * first sequence is the usual one.
   */
  spellings: readonly Spelling[]
  /** Expected place of the term. */
  place?: TermPlace
}

/**
 * Expected place of a term in a translation, as another translation of the same source, which lacks the term,
 * indicates.
 */
export interface TermPlace {
  /** The number of tokens before the term. */
  at: number
  /** The id that the other translation has there instead of the term. */
  instead: number
}

/** One way to spell a term in tokens. */
export interface Spelling {
  ids: readonly number[]
  /** Positions at which the spelling may begin. */
  place: 'after space' | 'after sign' | 'first'
}

/**
 * Bonus added to the scores of tokens that begin or continue a term, so that a step has them among the candidates of
 * each hypothesis.
 */
export const RAISED = 256

/** The fractions of a term's log-probability that are waived at its expected place, and one token away. */
const REFUNDS = [0.9, 0.6]
/** Cost of another token at the expected place of a term, in log-probability. */
const INSTEAD = 4

/** The state of a hypothesis with respect to the terms. */
export interface Progress {
  /** The text of the hypothesis. */
  readonly text: string
  /** The number of terms that the hypothesis has. */
  readonly met: number
  /** The number of tokens of terms that the hypothesis has, including those of a term that has begun. */
  readonly tokens: number
  /** The tokens that begin or continue terms, and the numbers of these terms. */
  readonly next: ReadonlyMap<number, number>
  /** Whether a term has begun and is not complete. */
  readonly isGoing: boolean
  /** The missing terms. */
  readonly lacking: readonly number[]
  /** Sum of the scores of all tokens that began or continued terms. */
  readonly cost: number
  /** Bonus added to the sum when hypotheses are compared: a term costs less at its expected place. */
  readonly bonus: number
}

/** A spelling with the texts of its prefixes. */
interface Path extends Spelling {
  /** texts[n] is the text of the first n tokens. */
  texts: readonly string[]
}

/**
 * The terms that a translation must have, as constraints of a beam search (Post & Vilar 2018). Whether a hypothesis has
 * a term is read from its text, however that text is divided into tokens. A term that has begun continues by the tokens
 * of its spelling.
 */
export class Terms {
  /** The number of tokens of all terms. */
  readonly tokens: number
  readonly #terms: readonly Term[]
  readonly #paths: readonly (readonly Path[])[]
  /** The most tokens of a spelling of each term. */
  readonly #sizes: readonly number[]
  readonly #surface: TokenTexts
  readonly #progress = new WeakMap<Hypothesis, Progress>()

  constructor(terms: readonly Term[], surface: TokenTexts) {
    // The terms, longest first: “USB stick” is not taken for “stick”.
    this.#terms = [...terms].sort((a, b) => b.text.length - a.text.length)
    this.#surface = surface
    this.#paths = this.#terms.map(({ spellings }) => spellings.map((spelling) => this.#pathOf(spelling)))
    this.#sizes = this.#terms.map(({ spellings }) => Math.max(...spellings.map(({ ids }) => ids.length)))
    this.tokens = this.#sizes.reduce((sum, size) => sum + size, 0)
  }

  get count(): number {
    return this.#terms.length
  }

  isMet(hypothesis: Hypothesis): boolean {
    return this.of(hypothesis).met === this.#terms.length
  }

  of(hypothesis: Hypothesis): Progress {
    let progress = this.#progress.get(hypothesis)
    if (!progress) {
      const { parent, id, score } = hypothesis
      const before = parent && this.of(parent)
      const isOfTerm = before?.next.has(id) === true
      progress = {
        ...this.#standing(before ? before.text + this.#surface.piece(id) : ''),
        cost: before ? before.cost + (isOfTerm ? score : 0) : 0,
        bonus: hypothesis.length ? present(before).bonus + this.bonusOf(present(parent), id, score) : 0,
      }
      this.#progress.set(hypothesis, progress)
    }
    return progress
  }

  /** Raises the scores of the tokens that begin or continue terms. */
  edit(hypothesis: Hypothesis, edits: RowEdits): void {
    for (const id of this.of(hypothesis).next.keys()) edits.add(id, RAISED)
  }

  /** The adjustment of the sum of a hypothesis that continues with a token of this score. */
  bonusOf(hypothesis: Hypothesis, id: number, score: number): number {
    const { next, isGoing, lacking } = this.of(hypothesis)
    const term = next.get(id)
    if (term !== undefined) return -score * (isGoing ? REFUNDS[0] : this.#refund(term, hypothesis))
    return lacking.some((each) => this.#terms[each].place?.instead === id && this.#refund(each, hypothesis) > 0)
      ? -INSTEAD
      : 0
  }

  #refund(term: number, { position }: Hypothesis): number {
    const { place } = this.#terms[term]
    return (place && REFUNDS[Math.abs(position - place.at)]) ?? 0
  }

  #pathOf(spelling: Spelling): Path {
    const texts = ['']
    for (const id of spelling.ids) texts.push(lastOf(texts) + this.#surface.piece(id))
    return { ...spelling, texts }
  }

  #standing(text: string): Omit<Progress, 'cost' | 'bonus'> {
    const found = termsIn(text, this.#terms)
    let [met, tokens] = [0, 0]
    let going: { path: Path; done: number; term: number }[] = []
    const starts = new Map<number, number>()
    const lacking: number[] = []
    this.#terms.forEach((_, t) => {
      if (found[t]) {
        met++
        tokens += this.#sizes[t]
        return
      }
      lacking.push(t)
      for (const path of this.#paths[t]) {
        const done = begun(text, path)
        const most = going[0]?.done ?? 0
        if (done > most) going = []
        if (done > 0 && done >= most && (going.length === 0 || going[0].term === t)) going.push({ path, done, term: t })
        if (done === 0 && mayBegin(text, path)) starts.set(path.ids[0], t)
      }
    })
    if (!going.length) return { text, met, tokens, next: starts, isGoing: false, lacking }
    const next = new Map(going.map(({ path, done, term }) => [path.ids[done], term]))
    return { text, met, tokens: tokens + going[0].done, next, isGoing: true, lacking }
  }
}

/**
 * Finds each of some terms, longest first, in a text; null if the text does not have all of them. Each place counts for
 * one term only. A leading space of the text does not count.
 */
export function termsIn(
  text: string,
  terms: readonly Pick<Term, 'text' | 'first' | 'others'>[],
): ({ start: number; end: number } | null)[] {
  const taken: { start: number; end: number }[] = []
  const begin = text.length - text.trimStart().length
  const isFree = (start: number, end: number) =>
    isWhole(text, start, end) && !taken.some((other) => start < other.end && other.start < end)
  const placeOf = ({ text: words, first }: TermForm) => {
    if (first && text.startsWith(first, begin) && isFree(begin, begin + first.length)) return begin
    let start = text.indexOf(words)
    while (start >= 0 && !isFree(start, start + words.length)) start = text.indexOf(words, start + 1)
    return start
  }
  return terms.map((term) => {
    for (const form of [term, ...(term.others ?? [])]) {
      const start = placeOf(form)
      if (start < 0) continue
      const range = { start, end: start + form.text.length }
      taken.push(range)
      return range
    }
    return null
  })
}

/**
 * The number of tokens of a spelling with which a text ends, at a place where the spelling may begin; fewer than all.
 */
function begun(text: string, path: Path): number {
  for (let done = path.ids.length - 1; done > 0; done--) {
    const written = path.texts[done]
    if (written.trim() && text.endsWith(written) && mayBegin(text.slice(0, text.length - written.length), path))
      return done
  }
  return 0
}

/** Characters after which a word may stand without a space. */
const SIGN = lazyPattern(String.raw`[\p{Ps}\p{Pi}\p{Pd}"'’/¿¡\s]`, 'u')

/** Whether a spelling may begin after a text. */
function mayBegin(text: string, { place, texts }: Path): boolean {
  const isFirst = text.trim() === ''
  if (place === 'first') return isFirst
  const before = characterBefore(text, text.length)
  if (isWithinWord(before, characterAt(lastOf(texts), 0))) return false
  // In scripts without spaces, words directly follow letters.
  return place === 'after space'
    ? isFirst || before !== ' '
    : !isFirst && (SIGN().test(before) || /\p{L}/u.test(before))
}
