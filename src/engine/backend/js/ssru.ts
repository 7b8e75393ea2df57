import type { Check, Kernel, Matrix } from '../backend.ts'
import { checkPaths, checkTiles, forTokens, forTokensBackward, rowAt } from './recurrence.ts'
import { sigmoid } from './sigmoid.ts'

export const checkSsru: Check = ([x, , , spans]) => checkTiles('ssru', spans!, x!.rows)
export const checkSsruGradient: Check = ([x, , , , spans]) => checkTiles('ssruGradient', spans!, x!.rows)
export const checkSsruStep: Check = ([, , , parents, slots, cache]) => checkPaths('ssruStep', parents!, slots!, cache!)

export const ssruKernel: Kernel = ([x, forget, forgetBias, spans, residual], [recurred, states, gates]) => {
  forTokens(spans!, (row, before) => {
    const own = rowAt(states, row)
    nextState(x!, forget!, forgetBias!, row, states, before < 0 ? -1 : rowAt(states, before), own)
    output(states, own, residual, recurred, row)
    if (!gates) return
    const to = rowAt(gates, row)
    for (let i = 0; i < gates.width; i++) gates.data[to + i] = gateAt(forget!, forgetBias!, row, i)
  })
}

export const ssruStepKernel: Kernel = ([x, forget, forgetBias, parents, slots, cache, residual], [recurred]) => {
  for (let row = 0; row < x!.rows; row++) {
    const parent = parents!.data[rowAt(parents!, row)]
    const own = rowAt(cache!, slots!.data[rowAt(slots!, row)])
    nextState(x!, forget!, forgetBias!, row, cache!, parent < 0 ? -1 : rowAt(cache!, parent), own)
    output(cache!, own, residual, recurred, row)
  }
}

const gateAt = (forget: Matrix, forgetBias: Matrix, row: number, i: number): number =>
  sigmoid(forget.data[rowAt(forget, row) + i] + forgetBias.data[forgetBias.offset + i])

/** states[to …] ← the state behind that at states[from …], or behind zeros where `from` is −1. */
function nextState(
  x: Matrix,
  forget: Matrix,
  forgetBias: Matrix,
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
function output(states: Matrix, at: number, residual: Matrix | null, recurred: Matrix, row: number): void {
  const to = rowAt(recurred, row)
  for (let i = 0; i < recurred.width; i++) {
    const state = states.data[at + i]
    const added = residual ? residual.data[rowAt(residual, row) + i] : 0
    recurred.data[to + i] = Math.max(0, state) + added
  }
}

export const ssruGradientKernel: Kernel = (
  [x, forget, forgetBias, states, spans, dRecurred, dForgetBias],
  [dx, dForget],
) => {
  const { width } = x!
  /** The gradient of the state before the present token, from the tokens behind it. */
  const carried = new Float64Array(width)
  const dBias = new Float64Array(width)
  forTokensBackward(spans!, (row, t, isLast) => {
    if (isLast) carried.fill(0)
    for (let i = 0; i < width; i++) {
      const at = rowAt(states!, row) + i
      const gate = gateAt(forget!, forgetBias!, row, i)
      const before = t ? states!.data[at - states!.stride] : 0
      const isPositive = states!.data[at] > 0
      const dState = carried[i] + (isPositive ? dRecurred!.data[rowAt(dRecurred!, row) + i] : 0)
      const dGate = gate * (1 - gate) * (before - x!.data[rowAt(x!, row) + i]) * dState
      dx.data[rowAt(dx, row) + i] = (1 - gate) * dState
      dForget.data[rowAt(dForget, row) + i] = dGate
      dBias[i] += dGate
      carried[i] = gate * dState
    }
  })
  for (let i = 0; i < width; i++) dForgetBias!.data[dForgetBias!.offset + i] += dBias[i]
}
