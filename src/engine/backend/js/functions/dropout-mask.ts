import type { Matrix } from '../../interface/backend.ts'
import { bits, dropThreshold, rowKey } from '../../interface/random.ts'

/** The dropout of attention weights: the seed of the step, the op's site, and the rate. */
export interface Dropout {
  seed: Matrix
  site: number
  rate: number
}

/** The factors of the attention weights of one query and head, whose number is `row`: 0 for a dropped key, else 1 / (1 − rate). */
export function dropoutMask({ seed, site, rate }: Dropout, row: number, length: number): Float64Array {
  const key = rowKey(seed.data[seed.offset], site, row)
  const threshold = dropThreshold(rate)
  const mask = new Float64Array(length)
  for (let j = 0; j < length; j++) mask[j] = bits(key, j) < threshold ? 0 : 1 / (1 - rate)
  return mask
}
