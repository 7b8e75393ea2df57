import type { Check, Kernel, Matrix } from '../backend.ts'
import { checkRange } from './check.ts'
import { inChunks, projectionGradients } from './logits.ts'
import { logSumExp } from './softmax.ts'

export const checkCrossEntropy: Check = ([, weight, , ids]) => checkRange('crossEntropy', 'id', ids!, 0, weight!.rows)

/** The target's distribution: `off` on every class, and `on` more on the right one. */
export interface Smoothed {
  on: number
  off: number
}

export function smoothed(smoothing: number, over: number, classes: number): Smoothed {
  const off = over === 0 ? smoothing / classes : smoothing / Math.max(1, classes - 1)
  return { on: 1 - smoothing - (over === 0 ? 0 : off), off }
}

export const crossEntropyKernel: Kernel = ([x, weight, bias, ids], [losses], [smoothing, over, scale]) => {
  const target = smoothed(smoothing, over, weight!.rows)
  inChunks([{ x: x!, weight: weight!, bias, scale }], (first, [logits]) =>
    rowLosses(logits, first, ids!, losses, target),
  )
}

export const crossEntropyGradientKernel: Kernel = (
  [x, weight, bias, ids, dLoss, dWeight, dBias],
  [losses, dx],
  [smoothing, over, scale],
) => {
  const target = smoothed(smoothing, over, weight!.rows)
  const factor = dLoss!.data[dLoss!.offset]
  const projection = { x: x!, weight: weight!, bias, scale }
  inChunks([projection], (first, [logits]) => {
    rowLosses(logits, first, ids!, losses, target)
    logitGradients(logits, first, ids!, target, factor)
    projectionGradients(projection, first, logits, { dx, dWeight: dWeight!, dBias })
  })
}

function rowLosses(logits: Matrix, first: number, ids: Matrix, losses: Matrix, target: Smoothed): void {
  for (let row = 0; row < logits.rows; row++) {
    const id = ids.data[ids.offset + (first + row) * ids.stride]
    losses.data[losses.offset + (first + row) * losses.stride] = crossEntropyOf(logits, row, id, target)
  }
}

/** The loss of one row: log Σ exp(logits) − Σ q · logits. */
export function crossEntropyOf(logits: Matrix, row: number, id: number, { on, off }: Smoothed): number {
  const at = row * logits.stride
  let sum = 0
  if (off) for (let i = 0; i < logits.width; i++) sum += logits.data[at + i]
  return logSumExp(logits, at) - on * logits.data[at + id] - off * sum
}

/** In place: logits → factor · (softmax − q). */
function logitGradients(logits: Matrix, first: number, ids: Matrix, { on, off }: Smoothed, factor: number): void {
  for (let row = 0; row < logits.rows; row++) {
    const at = row * logits.stride
    const norm = logSumExp(logits, at)
    const right = ids.data[ids.offset + (first + row) * ids.stride]
    for (let i = 0; i < logits.width; i++) {
      const q = i === right ? off + on : off
      logits.data[at + i] = factor * (Math.exp(logits.data[at + i] - norm) - q)
    }
  }
}
