import type { Check, Kernel, Matrix } from '../backend.ts'
import { checkRange } from './check.ts'

/** log Σ exp(x / temperature) of one row; −∞ where every value is −∞. */
export function logSumExp({ data, width }: Matrix, from: number, temperature = 1): number {
  let max = -Infinity
  for (let i = 0; i < width; i++) if (data[from + i] > max) max = data[from + i]
  if (max === -Infinity) return -Infinity
  let sum = 0
  for (let i = 0; i < width; i++) sum += Math.exp((data[from + i] - max) / temperature)
  return max / temperature + Math.log(sum)
}

export const softmaxKernel: Kernel = ([x], [y]) => {
  for (let row = 0; row < y.rows; row++) {
    const from = x!.offset + row * x!.stride
    const to = y.offset + row * y.stride
    let max = -Infinity
    for (let i = 0; i < y.width; i++) if (x!.data[from + i] > max) max = x!.data[from + i]
    let sum = 0
    for (let i = 0; i < y.width; i++) sum += y.data[to + i] = Math.exp(x!.data[from + i] - max)
    const scale = 1 / sum
    for (let i = 0; i < y.width; i++) y.data[to + i] *= scale
  }
}

export const logSoftmaxKernel: Kernel = ([x], [y]) => {
  for (let row = 0; row < y.rows; row++) {
    const from = x!.offset + row * x!.stride
    const to = y.offset + row * y.stride
    const norm = logSumExp(x!, from)
    for (let i = 0; i < y.width; i++) y.data[to + i] = x!.data[from + i] - norm
  }
}

export const checkTokenLogProbability: Check = ([logits, ids]) =>
  checkRange('tokenLogProbability', 'id', ids!, 0, logits!.width)

export const tokenLogProbabilityKernel: Kernel = ([logits, ids], [scores]) => {
  for (let row = 0; row < scores.rows; row++) {
    const from = logits!.offset + row * logits!.stride
    const id = ids!.data[ids!.offset + row * ids!.stride]
    scores.data[scores.offset + row * scores.stride] = logits!.data[from + id] - logSumExp(logits!, from)
  }
}
