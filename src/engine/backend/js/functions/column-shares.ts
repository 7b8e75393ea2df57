import type { Matrix } from '../../interface/backend.ts'
import { rowAt } from '../operands/recurrence.ts'

/** The sums of columns, their mean and their variance, and mean² + 10⁻¹⁰. */
export function columnShares(x: Matrix) {
  const sums = new Float64Array(x.width)
  for (let row = 0; row < x.rows; row++) for (let e = 0; e < x.width; e++) sums[e] += x.data[rowAt(x, row) + e]
  const mean = sums.reduce((a, b) => a + b, 0) / x.width
  const variance = sums.reduce((total, sum) => total + (sum - mean) ** 2, 0) / x.width
  return { sums, mean, variance, square: mean ** 2 + 1e-10 }
}
