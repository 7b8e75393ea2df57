import { type Hypothesis, historyOf } from '../hypotheses/hypothesis.ts'
import type { Draft } from '../step/draft.ts'

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

/** The place behind the first occurrence of an n-gram that something follows; −1 where there is none. */
function endOfFirst(ngram: readonly number[], text: readonly number[]): number {
  const n = ngram.length
  for (let end = n; end < text.length; end++) if (ngram.every((id, i) => id === text[end - n + i])) return end
  return -1
}

const NOTHING: readonly number[] = []
