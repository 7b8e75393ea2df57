import type { Matrix } from '../../interface/backend.ts'
import { rowAt } from '../operands/recurrence.ts'

/** The operands of gates for one row of E experts. */
export interface NoisyRow {
  clean: Float64Array
  /** σ; null without noise. */
  sigma: Float64Array | null
  noise: Float64Array | null
  noisy: Float64Array
  /** Columns by their noisy score, the greatest first; of equal scores the lower one. */
  order: number[]
}

/** Addend to the softplus of a deviation, so that no σ is 0. */
const LEAST_DEVIATION = 1e-2

const rowOf = (m: Matrix, row: number) => Float64Array.from({ length: m.width }, (_, i) => m.data[rowAt(m, row) + i])

/** log(1 + e^x) */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** Experts by falling scores; of equal scores the lower expert comes first. */
export const orderOf = (scores: Matrix['data'] | Float64Array): number[] =>
  Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b)

export function noisyRow(clean: Matrix, deviation: Matrix | null, noise: Matrix | null, row: number): NoisyRow {
  const own = rowOf(clean, row)
  const sigma = deviation && rowOf(deviation, row).map((value) => softplus(value) + LEAST_DEVIATION)
  const drawn = noise && rowOf(noise, row)
  const noisy = sigma && drawn ? own.map((value, e) => value + drawn[e] * sigma[e]) : own
  return { clean: own, sigma, noise: drawn, noisy, order: orderOf(noisy) }
}

/** The softmax over the k greatest scores, or over all; 0 for those that it is not taken over. */
export function softmaxOfBest({ noisy, order }: NoisyRow, k: number, overAll: boolean): Float64Array {
  const taken = overAll ? order : order.slice(0, k)
  const p = new Float64Array(noisy.length)
  let total = 0
  for (const e of taken) total += p[e] = Math.exp(noisy[e] - noisy[order[0]])
  return p.map((power) => power / total)
}

/** The column whose noisy score a column has to pass to be among the k greatest. */
export function thresholdOf({ order }: NoisyRow, k: number, column: number): number {
  return order.indexOf(column) < k ? order[k] : order[k - 1]
}
