import { lastOf } from '../../../base/present.ts'
import type { TokenPair } from '../../../engine/decode/step/index.ts'
import { addTo, type StepGradients, type TrainingStep } from '../step/training-step.ts'

/**
 * Transfers that adding up gradients needs. Every rank makes the same calls in the same order; each waits for all
 * ranks.
 */
export interface Transfers {
  readonly rank: number
  readonly size: number
  /** Sends part r of `given` to rank r, and receives part r of `received` from there. */
  exchange(given: Float32Array, received: Float32Array): Promise<void>
  /** Gathers the values that each rank has given into `all`, by rank. */
  gather(given: Float32Array, all: Float32Array): Promise<void>
  /** Each rank's value, by rank. */
  all<T>(value: T): Promise<T[]>
}

/**
 * The largest number of values in one transfer between two ranks: buffers stay small, and the event loop runs in
 * between.
 */
const MOST = 1 << 18

/**
 * Some gradients that are exchanged at once: the same number of values for each rank, of which the last rank's may end
 * with unused ones.
 */
interface Section {
  /** The offset of its gradients, and this rank's part of them among those of all sections. */
  begin: number
  partBegin: number
  /** The number of values of a rank. */
  part: number
}

/**
 * Divides the batches of a step: batch k is computed by rank k mod size. When each rank has computed one, each gets
 * from all ranks the gradients of its own part of the weights, and adds these in the order of the batches, as a single
 * process does. When all batches are done, every rank gets every part. In a step of b batches a rank sends about ⌈b /
 * size⌉ + 1 times the bytes of the gradients.
 */
export class SharedBatches implements StepGradients {
  readonly #ranks: Transfers
  readonly #training: TrainingStep
  readonly #sections: readonly Section[]
  /** The gradients of one batch. */
  readonly #own: Float32Array
  /** The sums of this rank's parts, section after section. */
  readonly #sums: Float32Array
  /** The gradients of one section from all ranks. */
  readonly #received: Float32Array

  constructor(ranks: Transfers, training: TrainingStep) {
    const { size } = ranks
    this.#ranks = ranks
    this.#training = training
    this.#sections = sectionsOf(training.gradients.length, size)
    const { begin, partBegin, part } = lastOf(this.#sections)
    this.#own = new Float32Array(begin + part * size)
    this.#sums = new Float32Array(partBegin + part)
    this.#received = new Float32Array(this.#sections[0].part * size)
  }

  async accumulate(batches: readonly (readonly TokenPair[])[], step: number, tokens: number): Promise<number[]> {
    const { rank, size } = this.#ranks
    const gradients = this.#own.subarray(0, this.#training.gradients.length)
    const losses: number[] = []
    for (let first = 0; first < batches.length; first += size) {
      const place = first + rank
      if (place < batches.length)
        losses.push(this.#training.gradientsOf(batches[place], step, place, tokens, gradients))
      for (const section of this.#sections) await this.#add(section, first, Math.min(size, batches.length - first))
      gradients.fill(0)
    }
    for (const section of this.#sections) await this.#gather(section)
    const all = await this.#ranks.all(losses)
    return batches.map((_, place) => all[place % size][Math.floor(place / size)])
  }

  /**
   * Adds the gradients of the batches from `first` on, which the first `count` ranks have computed, to this rank's
   * sums.
   */
  async #add({ begin, partBegin, part }: Section, first: number, count: number): Promise<void> {
    const length = part * this.#ranks.size
    const received = this.#received.subarray(0, length)
    await this.#ranks.exchange(this.#own.subarray(begin, begin + length), received)
    const sum = this.#sums.subarray(partBegin, partBegin + part)
    for (let rank = 0; rank < count; rank++) {
      const values = received.subarray(rank * part, (rank + 1) * part)
      if (first + rank === 0) sum.set(values)
      else addTo(sum, values)
    }
  }

  /** Gathers the sums of all ranks. */
  async #gather({ begin, partBegin, part }: Section): Promise<void> {
    const received = this.#received.subarray(0, part * this.#ranks.size)
    await this.#ranks.gather(this.#sums.subarray(partBegin, partBegin + part), received)
    const { gradients } = this.#training
    gradients.set(received.subarray(0, gradients.length - begin), begin)
  }
}

function sectionsOf(length: number, ranks: number): Section[] {
  const sections: Section[] = []
  for (let begin = 0, partBegin = 0; begin < length; begin += MOST * ranks, partBegin += MOST)
    sections.push({ begin, partBegin, part: Math.min(MOST, Math.ceil((length - begin) / ranks)) })
  return sections
}
