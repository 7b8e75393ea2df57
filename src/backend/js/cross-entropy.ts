import type { Check, Kernel, Matrix } from '../backend.ts'
import { checkRange } from './check.ts'
import { linearKernel } from './linear.ts'
import { linearInputGradientKernel, linearWeightGradientKernel } from './linear-gradient.ts'
import { logSumExp } from './softmax.ts'

export const checkCrossEntropy: Check = ([, weight, , ids]) => checkRange('crossEntropy', 'id', ids!, 0, weight!.rows)

/** Logits of this many rows exist at a time. */
const CHUNK = 64

/** The target's distribution: `off` on every class, and `on` more on the right one. */
function smoothed(smoothing: number, over: number, classes: number): { on: number; off: number } {
  const off = over === 0 ? smoothing / classes : smoothing / Math.max(1, classes - 1)
  return { on: 1 - smoothing - (over === 0 ? 0 : off), off }
}

const rowsFrom = (m: Matrix, first: number, rows: number): Matrix => ({
  ...m,
  offset: m.offset + first * m.stride,
  rows,
})

export const crossEntropyKernel: Kernel = ([x, weight, bias, ids], [losses], [smoothing, over, scale]) => {
  inChunks(x!, weight!, bias, scale, (logits, first) =>
    rowLosses(logits, first, ids!, losses, smoothed(smoothing, over, weight!.rows)),
  )
}

export const crossEntropyGradientKernel: Kernel = (
  [x, weight, bias, ids, dLoss, dWeight, dBias],
  [losses, dx],
  [smoothing, over, scale],
) => {
  const target = smoothed(smoothing, over, weight!.rows)
  const factor = dLoss!.data[dLoss!.offset]
  inChunks(x!, weight!, bias, scale, (logits, first) => {
    rowLosses(logits, first, ids!, losses, target)
    logitGradients(logits, first, ids!, target, factor)
    linearInputGradientKernel([logits, weight], [rowsFrom(dx, first, logits.rows)], [scale])
    linearWeightGradientKernel([rowsFrom(x!, first, logits.rows), logits, dWeight, dBias], [], [scale])
  })
}

function inChunks(
  x: Matrix,
  weight: Matrix,
  bias: Matrix | null,
  scale: number,
  use: (logits: Matrix, first: number) => void,
): void {
  const data = new Float32Array(Math.min(CHUNK, x.rows) * weight.rows)
  for (let first = 0; first < x.rows; first += CHUNK) {
    const rows = Math.min(CHUNK, x.rows - first)
    const logits: Matrix = { data, offset: 0, stride: weight.rows, rows, width: weight.rows }
    linearKernel([rowsFrom(x, first, rows), weight, bias, null], [logits], [0, scale])
    use(logits, first)
  }
}

/** loss = log Σ exp(logits) − Σ q · logits. */
function rowLosses(
  logits: Matrix,
  first: number,
  ids: Matrix,
  losses: Matrix,
  { on, off }: { on: number; off: number },
): void {
  for (let row = 0; row < logits.rows; row++) {
    const at = row * logits.stride
    let sum = 0
    if (off) for (let i = 0; i < logits.width; i++) sum += logits.data[at + i]
    const right = logits.data[at + ids.data[ids.offset + (first + row) * ids.stride]]
    losses.data[losses.offset + (first + row) * losses.stride] = logSumExp(logits, at) - on * right - off * sum
  }
}

/** In place: logits → factor · (softmax − q). */
function logitGradients(
  logits: Matrix,
  first: number,
  ids: Matrix,
  { on, off }: { on: number; off: number },
  factor: number,
): void {
  for (let row = 0; row < logits.rows; row++) {
    const at = row * logits.stride
    const norm = logSumExp(logits, at)
    for (let i = 0; i < logits.width; i++) logits.data[at + i] = factor * (Math.exp(logits.data[at + i] - norm) - off)
    logits.data[at + ids.data[ids.offset + (first + row) * ids.stride]] -= factor * on
  }
}
