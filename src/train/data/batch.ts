import type { Tokenizer } from '../../text/tokenizer.ts'
import type { Pair } from './corpus.ts'

/** A pair as ids, each side with the end of the sentence last. */
export interface Example {
  source: number[]
  target: number[]
}

/** What one training step runs over. */
export interface Batch {
  /** Ids by sentence, each with the end of the sentence last. */
  sources: number[][]
  targets: number[][]
  /** Ids in all, ends included. */
  sourceTokens: number
  targetTokens: number
  /** Tokens with every sentence as long as the longest of its side. */
  paddedTokens: number
  /** The pass over the corpus that it belongs to, from 0. A batch never has pairs of two. */
  epoch: number
}

/** Examples that become a batch: full when the next would bring one side above its budget. */
export class BatchBuilder {
  readonly #budget: { source: number; target: number }
  #sources: number[][] = []
  #targets: number[][] = []
  #sourceTokens = 0
  #targetTokens = 0

  constructor(budget: { source: number; target: number }) {
    this.#budget = budget
  }

  get isEmpty(): boolean {
    return this.#sources.length === 0
  }

  hasRoomFor({ source, target }: Example): boolean {
    return (
      this.#sourceTokens + source.length <= this.#budget.source &&
      this.#targetTokens + target.length <= this.#budget.target
    )
  }

  add({ source, target }: Example): void {
    this.#sources.push(source)
    this.#targets.push(target)
    this.#sourceTokens += source.length
    this.#targetTokens += target.length
  }

  /** The batch; the builder is empty then. */
  finish(epoch: number): Batch {
    const batch = {
      sources: this.#sources,
      targets: this.#targets,
      sourceTokens: this.#sourceTokens,
      targetTokens: this.#targetTokens,
      paddedTokens: this.#sources.length * (longest(this.#sources) + longest(this.#targets)),
      epoch,
    }
    this.#sources = []
    this.#targets = []
    this.#sourceTokens = 0
    this.#targetTokens = 0
    return batch
  }
}

/** A pair as ids; null if its source has none. */
export function exampleOf(pair: Pair, tokenizer: Pick<Tokenizer, 'encode' | 'encodeTarget'>): Example | null {
  const source = tokenizer.encode(pair.source)
  return source.length === 0 ? null : { source, target: tokenizer.encodeTarget(pair.target) }
}

/** The share of rectangular batches that would be padding; here nothing is padded. Between 0 and 1. */
export const paddingShare = ({
  sourceTokens,
  targetTokens,
  paddedTokens,
}: Pick<Batch, 'sourceTokens' | 'targetTokens' | 'paddedTokens'>): number =>
  paddedTokens === 0 ? 0 : 1 - (sourceTokens + targetTokens) / paddedTokens

/** Counts over batches. */
export class BatchStatistics {
  batches = 0
  pairs = 0
  sourceTokens = 0
  targetTokens = 0
  paddedTokens = 0

  add({ sources, sourceTokens, targetTokens, paddedTokens }: Batch): void {
    this.batches++
    this.pairs += sources.length
    this.sourceTokens += sourceTokens
    this.targetTokens += targetTokens
    this.paddedTokens += paddedTokens
  }

  get paddingShare(): number {
    return paddingShare(this)
  }
}

const longest = (sentences: readonly number[][]) => sentences.reduce((most, { length }) => Math.max(most, length), 0)
