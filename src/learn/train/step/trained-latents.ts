import type { Player, TensorArray } from '../../../engine/backend/interface/backend.ts'
import { type LatentsSettings, partsOf } from '../../../engine/model/config/latents-settings.ts'
import { LoadedProgram } from '../../../engine/program/loaded.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import { Random } from '../state/random.ts'
import { codebookProgram } from './programs.ts'

/** The share of the commitment in the loss (van den Oord et al. 2017, β). */
const COMMITMENT = 0.25
/** Steps after which an entry that no row has chosen begins anew as a row of the batch. */
const IDLE_STEPS = 25
const CODEBOOK = 'latents.codebook.weight'
/** Numbers of random streams. */
const [HASHING, RESTARTS] = [2, 3]

/** Whether the latents have a codebook, which moves with the batches. */
export const hasCodebook = ({ kind }: LatentsSettings): boolean => kind !== 'hash'

/** The arrays that the program of gradients binds for an autoencoder's latents, and its codebook, which moves after each step. */
export class TrainedLatents {
  readonly #weights: Weights
  readonly #latents: LatentsSettings
  readonly #seed: number
  readonly #moving: LoadedProgram | null = null
  /** For each entry how many rows chose it and their sum, both decaying, and the steps since a row did; a checkpoint stores them. */
  readonly state: Readonly<Record<string, Float32Array>> = {}
  /** The rows of the latest batch and their codes. */
  #rows = new Float32Array(0)
  #chosen = new Int32Array(0)

  constructor(player: Player, weights: Weights, latents: LatentsSettings, seed: number) {
    this.#weights = weights
    this.#latents = latents
    this.#seed = seed
    if (!hasCodebook(latents)) return
    const codebook = weights.get(CODEBOOK)
    const { parts, values } = partsOf(latents)
    this.#moving = new LoadedProgram(player, codebookProgram(weights, { name: CODEBOOK, blocks: parts }))
    const entries = parts * values
    this.state = {
      codebookCounts: new Float32Array(entries).fill(1),
      codebookSums: codebook.slice(),
      codebookIdle: new Float32Array(entries),
    }
  }

  /**
   * The arrays for a batch of `rows`, whose commitment counts as its tokens do: `share` is what one of them counts. The noise of hashing
   * follows from the batch's seed; a random half of the codes are bits already.
   */
  arrays({ T, Z }: Readonly<Record<string, number>>, seed: number, share: number): Record<string, TensorArray> {
    const { parts } = partsOf(this.#latents)
    if (hasCodebook(this.#latents)) {
      this.#rows = new Float32Array(Z * this.#weights.config.dModel)
      this.#chosen = new Int32Array(Z * parts)
      const scale = new Float32Array(Z).fill((COMMITMENT * T * share) / Z)
      return { 'commitment.scale': scale, 'latents.rows': this.#rows, 'latents.chosen': this.#chosen }
    }
    const random = new Random(seed >>> 0, HASHING)
    return {
      'latents.noise': Float32Array.from({ length: Z * parts }, () => random.normal()),
      'latents.hard': Int32Array.from({ length: Z }, () => random.below(2)),
    }
  }

  /** Moves the codebook by the latest batch. */
  update(step: number): void {
    if (!this.#moving) return
    const { codebookCounts: counts, codebookSums: sums } = this.state
    const Z = this.#chosen.length / partsOf(this.#latents).parts
    const moved = { counts, sums, parameters: this.#weights.values }
    this.#moving.play({ Z }, { 'latents.rows': this.#rows, 'latents.chosen': this.#chosen, ...moved })
    this.#restart(step)
  }

  #restart(step: number): void {
    const { codebookCounts: counts, codebookSums: sums, codebookIdle: idle } = this.state
    const { parts, values } = partsOf(this.#latents)
    const codebook = this.#weights.get(CODEBOOK)
    const width = this.#weights.config.dModel / parts
    const rows = this.#chosen.length / parts
    for (let e = 0; e < idle.length; e++) idle[e]++
    this.#chosen.forEach((code, i) => {
      idle[(i % parts) * values + code] = 0
    })
    const random = new Random(this.#seed, RESTARTS, step)
    for (let e = 0; e < idle.length; e++) {
      if (idle[e] < IDLE_STEPS) continue
      const from = (random.below(rows) * parts + Math.floor(e / values)) * width
      const row = this.#rows.subarray(from, from + width)
      codebook.set(row, e * width)
      sums.set(row, e * width)
      counts[e] = 1
      idle[e] = 0
    }
  }
}
