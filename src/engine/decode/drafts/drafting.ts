import { present } from '../../../base/present.ts'
import { extend, type Hypothesis } from '../hypotheses/hypothesis.ts'
import type { DraftKind } from '../step/draft.ts'
import type { EncodedSentence } from '../step/encoded-sentence.ts'
import type { Counts } from '../turns/counts.ts'
import type { Sentence } from '../turns/sentence.ts'
import { StepCosts } from './step-costs.ts'

/** The length of the first draft. */
const FIRST = 4
/** The most tokens without a draft after drafts that were wrong. */
const LONGEST_PAUSE = 32
/** How much of what was known of right and wrong tokens the latest draft leaves. */
const KEPT = 0.9

/** The step that a draft would make longer. */
interface DraftedStep {
  costs: StepCosts
  /** Its rows without the draft. */
  rows: number
  /** Milliseconds that it takes to guess a token. */
  perToken: number
}

/**
 * How many tokens are drafted, by how many were right. A draft that was right as a whole is followed by one of twice its length; a wrong
 * token brings the length nearer to what was right. Where nothing is right, drafts stop for a while, and for twice as long each time. Once
 * the times of steps are known, a draft is no longer than pays: with a chance α that a token is right, γ tokens give (1 − α^(γ+1)) / (1 − α)
 * tokens a step (Leviathan et al. 2023, 3.1).
 */
export class DraftLength {
  #length = FIRST
  /** Tokens that are still to be generated without a draft. */
  #waiting = 0
  #pause = 1
  #right = FIRST
  #wrong = 1

  /** The length of the next draft in this step. */
  next(step: DraftedStep): number {
    return this.#waiting > 0 ? 0 : this.#worthwhile(step)
  }

  /** A step without a draft has found a token. */
  passed(): void {
    if (this.#waiting > 0) this.#waiting--
  }

  verified(drafted: number, accepted: number): void {
    this.#right = KEPT * this.#right + accepted
    this.#wrong = KEPT * this.#wrong + (accepted < drafted ? 1 : 0)
    if (accepted === drafted) this.#length = Math.max(this.#length, 2 * drafted)
    else this.#length = Math.ceil((drafted + 2 * accepted) / 3) - (accepted ? 0 : 1)
    if (accepted) this.#pause = 1
    if (this.#length > 0) return
    this.#length = 1
    this.#waiting = this.#pause
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
  }

  #worthwhile({ costs, rows, perToken }: DraftedStep): number {
    const most = this.#length
    const alone = costs.of(rows)
    if (alone === null) return most
    const chance = Math.min(0.995, this.#right / (this.#right + this.#wrong))
    let [best, speed] = [1, 0]
    for (let length = 1; length <= most; length++) {
      const tokens = (1 - chance ** (length + 1)) / (1 - chance)
      const own = tokens / (present(costs.of(rows + length)) + length * perToken)
      if (own > speed) [best, speed] = [length, own]
    }
    return best
  }
}

type Encoded = EncodedSentence<Sentence>

/** The rows of a step up to which drafts fill it. In a fuller step a row more costs about as much as it saves. */
const ROWS = 16

/** Drafts the next tokens of sentences under way, and lets their searches go on by what the step has found of the drafts. */
export class Drafting {
  readonly #vocabulary: number
  readonly #counts: Counts | undefined
  readonly #costs = new StepCosts()
  /** Milliseconds that an assistant takes for a token. */
  #perToken = 0
  /** The lengths are learned from all sentences, because a short sentence is over before its own have told much. */
  readonly #lengths: Readonly<Record<DraftKind, DraftLength>> = {
    given: new DraftLength(),
    lookup: new DraftLength(),
    assistant: new DraftLength(),
  }

  /** `vocabulary`: the number of target ids. */
  constructor(vocabulary: number, counts: Counts | undefined) {
    this.#vocabulary = vocabulary
    this.#counts = counts
  }

  /** Drafts what follows the live hypotheses of sentences, where these leave room in the step. */
  propose(sentences: Iterable<Encoded>): void {
    let rows = 0
    const drafting: Encoded[] = []
    for (const encoded of sentences) {
      encoded.draft = NOTHING
      rows += encoded.rows
      if (encoded.drafts) drafting.push(encoded)
    }
    if (!drafting.length) return
    const share = Math.floor((ROWS - rows) / drafting.length)
    if (share > 0) for (const encoded of drafting) encoded.draft = this.#proposed(encoded, share, rows)
  }

  /** A step of so many rows has taken this time. */
  took(rows: number, milliseconds: number): void {
    this.#costs.took(rows, milliseconds)
  }

  #proposed({ drafts, rules, search }: Encoded, share: number, rows: number): Hypothesis[] {
    const { options, ends, limit } = rules
    let [last] = search.live
    const { kind, draft } = present(drafts)
    const perToken = kind === 'assistant' ? this.#perToken : 0
    const length = this.#lengths[kind].next({ costs: this.#costs, rows, perToken })
    const most = Math.min(share, length, options.draftTokens, limit - 1 - last.length)
    const chain: Hypothesis[] = []
    if (most <= 0) return chain
    const began = performance.now()
    const ids = draft.propose(last, most)
    if (kind === 'assistant') this.#guessed(ids.length, performance.now() - began)
    for (const id of ids) {
      // Nothing follows an end, and ids of a source may be none of the target's.
      if (ends.includes(id) || id >= this.#vocabulary) break
      last = extend(last, id, 0)
      chain.push(last)
    }
    return chain
  }

  /** An assistant has guessed so many tokens; it runs one step more to find that it does not know. */
  #guessed(tokens: number, milliseconds: number): void {
    const own = milliseconds / Math.max(1, tokens)
    this.#perToken = this.#perToken === 0 ? own : 0.9 * this.#perToken + 0.1 * own
  }

  /**
   * Lets the search of a sentence go on by the row of its live hypotheses, and then by the rows of its draft, as long as it chooses what was
   * drafted. `advance` lets it go on by one row. Returns the row after those of the sentence.
   */
  follow(encoded: Encoded, firstRow: number, advance: (row: number) => void): number {
    const { unread, draft, drafts, rows } = encoded
    encoded.unread = encoded.draft = NOTHING
    let row = firstRow + unread.length
    advance(row)
    if (drafts)
      this.#learn(
        drafts.kind,
        draft.length,
        this.#accepted(encoded, draft, () => advance(++row)),
      )
    return firstRow + rows
  }

  /** How many tokens of a draft the search has chosen. */
  #accepted({ search, sentence }: Encoded, draft: readonly Hypothesis[], advance: () => void): number {
    for (const [i, guess] of draft.entries()) {
      const [chosen] = search.live
      if (chosen?.length !== guess.length || chosen.id !== guess.id) {
        sentence.observer?.refused?.(draft.slice(i))
        return i
      }
      chosen.slot = guess.slot
      sentence.observer?.drafted?.(chosen)
      advance()
    }
    return draft.length
  }

  #learn(kind: DraftKind, drafted: number, accepted: number): void {
    const length = this.#lengths[kind]
    if (!drafted) return length.passed()
    length.verified(drafted, accepted)
    this.#counts?.add('drafted', drafted)
    this.#counts?.add('accepted', accepted)
  }
}

const NOTHING: readonly Hypothesis[] = []
