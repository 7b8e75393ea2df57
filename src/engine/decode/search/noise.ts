import { bits, mix, rowKey } from '../../backend/interface/random.ts'
import type { Rules } from './rules.ts'

/**
 * Gumbel noise for draws by the Gumbel-max trick: the id with the highest score + noise is a draw from the softmax of
 * the scores, and the m highest are m draws without replacement, in order (Kool et al. 2019). The noise of an id
 * depends only on the seed, the source, the stream, the position and the id. A sentence therefore has the same samples
 * whatever else is in the batch, and in any order of its scores.
 */
export class Noise {
  readonly #seed: number

  constructor({ options, source }: Pick<Rules, 'options' | 'source'>) {
    const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32)
    let key = mix(mix(seed | 0) ^ (Math.floor(seed / 2 ** 32) | 0))
    for (const id of source) key = mix(key ^ (id + 1))
    this.#seed = key
  }

  /** Writes each score plus the noise of its id into `sums`. Scores of −∞ stay. */
  add(stream: number, place: number, scores: Float64Array, ids: Int32Array, sums: Float64Array): void {
    const key = rowKey(this.#seed, stream, place)
    for (let i = 0; i < scores.length; i++)
      sums[i] = scores[i] > -Infinity ? scores[i] - Math.log(-Math.log((bits(key, ids[i]) + 0.5) / 2 ** 32)) : -Infinity
  }
}
