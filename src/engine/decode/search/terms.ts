import { characterAt, characterBefore, isWhole, isWithinWord } from '../../../language/text/whole-words.ts'
import type { RowEdits } from '../processors/processor.ts'
import type { Hypothesis } from './hypothesis.ts'
import type { Surface } from './surface.ts'

/** Words that a translation must have. */
export interface Term {
  /** The words as they stand in a text. */
  text: string
  /** Another way to write them at the beginning of a translation: with a capital. */
  first?: string
  /** The ids that write them behind a space or at the beginning, and directly behind a sign; the first such way is the usual one. */
  spellings: readonly Spelling[]
  /** Where it belongs. */
  place?: TermPlace
}

/** Where a term belongs in a translation, as another translation of the same source tells, which lacks the term. */
export interface TermPlace {
  /** The number of tokens before it. */
  at: number
  /** The id with which the other translation goes on there, instead of the term. */
  instead: number
}

/** One way to write a term in tokens. */
export interface Spelling {
  ids: readonly number[]
  /** Where it may begin. */
  place: 'behind space' | 'behind sign' | 'first'
}

/** What is added to the scores of tokens with which terms go on, so that a step has them among the candidates of each hypothesis. */
export const RAISED = 256

/** The parts of a term's log-probability that it does not cost where it belongs, and one token away. */
const REFUNDS = [0.9, 0.6]
/** What it costs to say something else where a term belongs, in log-probability. */
const INSTEAD = 4

/** Where a hypothesis stands with the terms. */
export interface Progress {
  /** The text of the hypothesis. */
  readonly text: string
  /** How many terms it has. */
  readonly met: number
  /** How many tokens of terms it has, those of a term that has begun included. */
  readonly tokens: number
  /** The tokens with which terms begin or go on, and the numbers of these terms. */
  readonly next: ReadonlyMap<number, number>
  /** Whether a term has begun and goes on. */
  readonly isGoing: boolean
  /** The terms that it has not. */
  readonly lacking: readonly number[]
  /** Sum of the scores of all tokens with which terms began or went on. */
  readonly cost: number
  /** What is added to its sum where hypotheses are compared: a term costs less where it belongs. */
  readonly bonus: number
}

/** A spelling with the text of its first tokens. */
interface Path extends Spelling {
  /** texts[n]: of the first n tokens. */
  texts: readonly string[]
}

/**
 * The terms that a translation must have, as constraints of a beam search (Post & Vilar 2018). Whether a hypothesis has a term is read from
 * its text, however the text was cut into tokens; a term that has begun goes on by the tokens of its spelling.
 */
export class Terms {
  /** How many tokens all terms have. */
  readonly tokens: number
  readonly #terms: readonly Term[]
  readonly #paths: readonly (readonly Path[])[]
  readonly #surface: Surface
  readonly #progress = new WeakMap<Hypothesis, Progress>()

  constructor(terms: readonly Term[], surface: Surface) {
    // The longest first: “USB stick” is not taken for “stick”.
    this.#terms = [...terms].sort((a, b) => b.text.length - a.text.length)
    this.#surface = surface
    this.#paths = this.#terms.map(({ spellings }) => spellings.map((spelling) => this.#pathOf(spelling)))
    this.tokens = this.#terms.reduce((sum, { spellings: [usual] }) => sum + usual.ids.length, 0)
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
        bonus: hypothesis.length ? before!.bonus + this.bonusOf(parent!, id, score) : 0,
      }
      this.#progress.set(hypothesis, progress)
    }
    return progress
  }

  /** Raises the scores of the tokens with which terms begin or go on. */
  edit(hypothesis: Hypothesis, edits: RowEdits): void {
    for (const id of this.of(hypothesis).next.keys()) edits.add(id, RAISED)
  }

  /** What is added to the sum of a hypothesis that goes on with a token of this score. */
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
    for (const id of spelling.ids) texts.push(texts.at(-1)! + this.#surface.piece(id))
    return { ...spelling, texts }
  }

  #standing(text: string): Omit<Progress, 'cost' | 'bonus'> {
    const found = termsIn(text, this.#terms)
    let [met, tokens] = [0, 0]
    let going: { path: Path; done: number; term: number } | null = null
    const starts = new Map<number, number>()
    const lacking: number[] = []
    this.#terms.forEach((term, t) => {
      if (found[t]) {
        met++
        tokens += term.spellings[0].ids.length
        return
      }
      lacking.push(t)
      for (const path of this.#paths[t]) {
        const done = begun(text, path)
        if (done > (going?.done ?? 0)) going = { path, done, term: t }
        if (done === 0 && mayBegin(text, path)) starts.set(path.ids[0], t)
      }
    })
    if (!going) return { text, met, tokens, next: starts, isGoing: false, lacking }
    const { path, done, term } = going as { path: Path; done: number; term: number }
    return { text, met, tokens: tokens + done, next: new Map([[path.ids[done], term]]), isGoing: true, lacking }
  }
}

/**
 * Where a text has each of some terms, the longest of which come first; null where it has not. Each place is one term's only. A text may
 * begin with a space, which does not count.
 */
export function termsIn(
  text: string,
  terms: readonly Pick<Term, 'text' | 'first'>[],
): ({ start: number; end: number } | null)[] {
  const taken: { start: number; end: number }[] = []
  const begin = text.length - text.trimStart().length
  const isFree = (start: number, end: number) =>
    isWhole(text, start, end) && !taken.some((other) => start < other.end && other.start < end)
  return terms.map(({ text: words, first }) => {
    const place = first && text.startsWith(first, begin) && isFree(begin, begin + first.length) ? begin : -1
    let start = place
    if (start < 0)
      for (start = text.indexOf(words); start >= 0 && !isFree(start, start + words.length); )
        start = text.indexOf(words, start + 1)
    if (start < 0) return null
    const range = { start, end: start + words.length }
    taken.push(range)
    return range
  })
}

/** With how many tokens of a spelling a text ends, in a place where the spelling may begin; fewer than all. */
function begun(text: string, path: Path): number {
  for (let done = path.ids.length - 1; done > 0; done--) {
    const written = path.texts[done]
    if (written.trim() && text.endsWith(written) && mayBegin(text.slice(0, text.length - written.length), path))
      return done
  }
  return 0
}

/** Signs behind which a word may stand without a space. */
const SIGN = /[\p{Ps}\p{Pi}\p{Pd}"'’/¿¡\s]/u

/** Whether a spelling may begin behind a text. */
function mayBegin(text: string, { place, texts }: Path): boolean {
  const isFirst = text.trim() === ''
  if (place === 'first') return isFirst
  const before = characterBefore(text, text.length)
  if (isWithinWord(before, characterAt(texts.at(-1)!, 0))) return false
  // In scripts without spaces words follow letters.
  return place === 'behind space' ? isFirst || before !== ' ' : !isFirst && (SIGN.test(before) || /\p{L}/u.test(before))
}
