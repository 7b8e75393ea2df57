import type { Matrix } from '../../interface/backend.ts'
import type { Operands } from '../operands/operands.ts'
import { rowAt } from '../operands/recurrence.ts'
import { sigmoid } from './activation-functions.ts'

type Unit = Pick<Operands['ssru'], 'x' | 'forget' | 'forgetBias'>

export const gateAt = (forget: Matrix, forgetBias: Matrix, row: number, i: number): number =>
  sigmoid(forget.data[rowAt(forget, row) + i] + forgetBias.data[forgetBias.offset + i])

/** states[to …] ← the state after that at states[from …], or after zeros where `from` is −1. */
export function nextState(
  { x, forget, forgetBias }: Unit,
  row: number,
  { data: states }: Matrix,
  from: number,
  to: number,
): void {
  const atX = rowAt(x, row)
  for (let i = 0; i < x.width; i++) {
    const value = x.data[atX + i]
    const before = from < 0 ? 0 : states[from + i]
    states[to + i] = value + gateAt(forget, forgetBias, row, i) * (before - value)
  }
}

/** recurred[row] ← relu(states[at …]) + residual[row] */
export function output(states: Matrix, at: number, residual: Matrix | null, recurred: Matrix, row: number): void {
  const to = rowAt(recurred, row)
  for (let i = 0; i < recurred.width; i++) {
    const state = states.data[at + i]
    const added = residual ? residual.data[rowAt(residual, row) + i] : 0
    recurred.data[to + i] = Math.max(0, state) + added
  }
}
