import type { TensorArray } from '../../engine/backend/backend.ts'
import { mix } from '../../engine/backend/random.ts'
import type { ModelConfig } from '../../engine/model/config.ts'
import type { Program } from '../../engine/program/program.ts'
import type { Tensor } from '../../engine/program/tensor.ts'
import { Random } from './random.ts'

/** Arrays that the program of gradients binds for experts: the noise of their scores, N(0, 1), and how much their balance costs. */
export class TrainedExperts {
  readonly #noises: readonly Tensor[]
  readonly #balance: number

  constructor({ bound }: Program, { encoder, decoder }: ModelConfig) {
    this.#noises = bound.filter(({ name }) => name.startsWith('experts.noise'))
    this.#balance = (encoder.feedForward ?? decoder.feedForward)?.balance ?? 0
  }

  /**
   * The arrays for a batch of `rows`. Its noise follows from the seed. A batch's balance counts as its tokens do: `share` is what one of
   * them counts.
   */
  arrays(rows: Readonly<Record<string, number>>, seed: number, share: number): Record<string, TensorArray> {
    const scale = { 'balance.scale': Float32Array.of(this.#balance * rows.T * share) }
    const noises = this.#noises.map(({ name, rows: symbol, width }, i): [string, Float32Array] => {
      const random = new Random(mix(seed ^ Math.imul(i + 1, 0x9e3779b9)) >>> 0)
      return [name, Float32Array.from({ length: rows[symbol as string] * width }, () => random.normal())]
    })
    return { ...scale, ...Object.fromEntries(noises) }
  }
}
