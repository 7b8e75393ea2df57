import type { TokenPair } from '../../../engine/decode/step/index.ts'

/** The pairs of one training step, or a part of them. */
export interface Batch {
  pairs: TokenPair[]
  /** The pass over the corpus to which the batch belongs, from 0. A batch never has pairs of two passes. */
  epoch: number
  /**
   * The fraction of padding if the sentences of each side were stacked, from 0 to 1; the batch itself has no padding.
   */
  paddingShare: number
}

/** Collects the pairs of a batch. The batch is full when the next pair would bring one side above its budget. */
export class BatchBuilder {
  readonly #budget: { sourceTokens: number; targetTokens: number }
  readonly #pairs: TokenPair[] = []
  #sourceTokens = 0
  #targetTokens = 0

  constructor(budget: { sourceTokens: number; targetTokens: number }) {
    this.#budget = budget
  }

  hasRoomFor({ source, target }: TokenPair): boolean {
    const { sourceTokens, targetTokens } = this.#budget
    return this.#sourceTokens + source.length <= sourceTokens && this.#targetTokens + target.length <= targetTokens
  }

  add(pair: TokenPair): void {
    this.#pairs.push(pair)
    this.#sourceTokens += pair.source.length
    this.#targetTokens += pair.target.length
  }

  /** The batch; null if no pair was added. */
  finish(epoch: number): Batch | null {
    const pairs = this.#pairs
    if (!pairs.length) return null
    const longest = (side: 'source' | 'target') => pairs.reduce((most, pair) => Math.max(most, pair[side].length), 0)
    const stacked = pairs.length * (longest('source') + longest('target'))
    return { pairs, epoch, paddingShare: 1 - (this.#sourceTokens + this.#targetTokens) / stacked }
  }
}
