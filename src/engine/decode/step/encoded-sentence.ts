import type { AdaptableProgram } from '../adapters/index.ts'
import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import type { List } from '../memory/list-memory.ts'
import type { RowRange } from '../memory/row-allocator.ts'
import type { ProcessorChain } from '../search/processor-chain.ts'
import type { Rules } from '../search/rules.ts'
import type { Search } from '../search/search.ts'
import type { Draft, DraftKind } from './draft.ts'
import type { StepKind } from './step-kind.ts'

/** Sentences of one kind step together, with one program. */
export interface Group {
  kind: StepKind
  program: AdaptableProgram
}

/** A sentence under way: its source has been encoded. */
export class EncodedSentence<S> {
  readonly sentence: S
  readonly search: Search
  readonly rules: Rules
  readonly chain: ProcessorChain
  /** May change after the first step. */
  group: Group
  /** Rows of the memory that hold the encoded source. */
  readonly range: RowRange
  readonly list: List | null
  /** Its row of `AdapterMemory`. */
  readonly adapter: number
  /**
   * The start and the tokens of a prompt that the decoder has not read yet, except the last. One step reads them all.
   */
  unread: readonly Hypothesis[]
  /** The source of guesses at its next tokens; null if there is none. */
  readonly drafts: { kind: DraftKind; draft: Draft } | null
  /** The guess that the next step verifies: a path after its live hypothesis. */
  draft: readonly Hypothesis[] = []
  /** Whether a step has been taken. */
  hasBegun = false
  /** The number of tokens that have been passed to `prefix`. */
  agreed = 0

  constructor(
    made: Pick<
      EncodedSentence<S>,
      'sentence' | 'search' | 'rules' | 'chain' | 'group' | 'range' | 'list' | 'adapter' | 'unread' | 'drafts'
    >,
  ) {
    this.sentence = made.sentence
    this.search = made.search
    this.rules = made.rules
    this.chain = made.chain
    this.group = made.group
    this.range = made.range
    this.list = made.list
    this.adapter = made.adapter
    this.unread = made.unread
    this.drafts = made.drafts
  }

  /** The number of rows that its next step computes. */
  get rows(): number {
    return this.unread.length + this.search.live.length + this.draft.length
  }
}
