import type { Matrix } from '../../interface/backend.ts'

/** log Σ exp(x / temperature) of one row; −∞ where every value is −∞. */
export function logSumExp({ data, width }: Matrix, from: number, temperature = 1): number {
  let max = -Infinity
  for (let i = 0; i < width; i++) if (data[from + i] > max) max = data[from + i]
  if (max === -Infinity) return -Infinity
  let sum = 0
  for (let i = 0; i < width; i++) sum += Math.exp((data[from + i] - max) / temperature)
  return max / temperature + Math.log(sum)
}
