import { present } from '../../../base/present.ts'
import type { EncodedSource } from '../batch/ragged-batch.ts'
import { type Hypothesis, historyOf } from '../hypotheses/hypothesis.ts'
import type { Rules } from '../search/rules.ts'
import type { Draft, DraftingModel, DraftKind } from '../step/draft.ts'

/** How far from where it is expected an id of the given text is looked for. */
const WINDOW = 8

/**
 * Drafts by another translation, of the sentence as it was before it was changed for instance. A place in that translation follows what is
 * written: an id that is not there replaces one, unless it is near, which means that ids before it were left out or put in.
 */
export class GivenDraft implements Draft {
  readonly #given: readonly number[]
  /** How much of the given translation what is written has passed. */
  #place = 0
  /** How many generated ids have been compared. */
  #seen = 0

  constructor(given: readonly number[]) {
    this.#given = given
  }

  propose(hypothesis: Hypothesis, most: number): readonly number[] {
    const unseen: number[] = []
    for (let h = hypothesis; h.length > this.#seen; h = present(h.parent)) unseen.push(h.id)
    this.#seen = hypothesis.length
    for (const id of unseen.reverse()) this.#pass(id)
    return this.#given.slice(this.#place, this.#place + most)
  }

  #pass(id: number): void {
    const [given, expected] = [this.#given, this.#place]
    this.#place++
    for (let distance = 0; distance <= WINDOW; distance++)
      for (const place of [expected + distance, expected - distance])
        if (given[place] === id) {
          this.#place = place + 1
          return
        }
  }
}

/**
 * Drafts by n-grams (prompt_lookup_num_tokens of generate()): where the last n ids have come before, in what is written or in the source, the
 * ids that followed there are the draft. The longest n-gram counts first, and of its occurrences the first.
 */
export class LookupDraft implements Draft {
  readonly #source: readonly number[]
  readonly #longest: number

  /** `longest`: the most ids of an n-gram. */
  constructor(source: readonly number[], longest: number) {
    this.#source = source
    this.#longest = longest
  }

  propose(hypothesis: Hypothesis, most: number): readonly number[] {
    const history = historyOf(hypothesis)
    for (let n = Math.min(this.#longest, history.length); n > 0; n--) {
      const ngram = history.slice(-n)
      for (const text of [history, this.#source]) {
        const end = endOfFirst(ngram, text)
        if (end > 0) return text.slice(end, end + most)
      }
    }
    return NOTHING
  }
}

/** The place after the first occurrence of an n-gram that something follows; −1 where there is none. */
function endOfFirst(ngram: readonly number[], text: readonly number[]): number {
  const n = ngram.length
  for (let end = n; end < text.length; end++) if (ngram.every((id, i) => id === text[end - n + i])) return end
  return -1
}

const NOTHING: readonly number[] = []

/**
 * The draft that options ask for, or that of an assistant where they name none; null where there is none, or where several hypotheses live,
 * whose drafts would be many.
 */
export function draftOf(
  { options, ends }: Pick<Rules, 'options' | 'ends'>,
  source: EncodedSource,
  assistant: DraftingModel | null,
): { kind: DraftKind; draft: Draft } | null {
  const { draft, draftNgram, draftConfidence: confidence, beams, alternatives } = options
  if (beams > 1 || alternatives > 1) return null
  if (draft === 'lookup') return { kind: 'lookup', draft: new LookupDraft(source.source, draftNgram) }
  if (draft !== null && typeof draft !== 'string') return { kind: 'given', draft: new GivenDraft(draft) }
  return draft === null && assistant
    ? { kind: 'assistant', draft: assistant.begin(source, { confidence, ends }) }
    : null
}
