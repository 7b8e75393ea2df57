import type { Matrix } from '../../interface/backend.ts'
import { logSumExp } from '../functions/activation-functions.ts'
import type { Operands } from '../operands/operands.ts'

/** The target's distribution: `off` on every class, and `on` more on the right one. */
export interface Smoothed {
  on: number
  off: number
}

type Smoothing = Pick<Operands['crossEntropy'], 'smoothing' | 'over' | 'weight'>

export function smoothed({ smoothing, over, weight: { rows: classes } }: Smoothing): Smoothed {
  const off = over === 'all' ? smoothing / classes : smoothing / Math.max(1, classes - 1)
  return { on: 1 - smoothing - (over === 'all' ? 0 : off), off }
}

export function rowLosses(logits: Matrix, first: number, ids: Matrix, losses: Matrix, target: Smoothed): void {
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
