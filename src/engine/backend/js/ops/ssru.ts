import { gateAt, nextState, output } from '../functions/ssru-unit.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { checkTiles, forTokens, forTokensBackward, rowAt } from '../operands/recurrence.ts'

export const checkSsru: Check<'ssru'> = ({ x, spans }) => checkTiles('ssru', spans, x.rows)

export const ssru: Kernel<'ssru'> = (call) => {
  const { forget, forgetBias, spans, residual, recurred, states, gates } = call
  forTokens(spans, (row, before) => {
    const own = rowAt(states, row)
    nextState(call, row, states, before < 0 ? -1 : rowAt(states, before), own)
    output(states, own, residual, recurred, row)
    if (!gates) return
    const to = rowAt(gates, row)
    for (let i = 0; i < gates.width; i++) gates.data[to + i] = gateAt(forget, forgetBias, row, i)
  })
}

export const checkSsruGradient: Check<'ssruGradient'> = ({ x, spans }) => checkTiles('ssruGradient', spans, x.rows)

export const ssruGradient: Kernel<'ssruGradient'> = (call) => {
  const { x, forget, forgetBias, states, spans, dRecurred, dForgetBias, dx, dForget } = call
  const { width } = x
  /** The gradient of the state before the present token, from the tokens after it. */
  const carried = new Float64Array(width)
  const dBias = new Float64Array(width)
  forTokensBackward(spans, (row, t, isLast) => {
    if (isLast) carried.fill(0)
    for (let i = 0; i < width; i++) {
      const at = rowAt(states, row) + i
      const gate = gateAt(forget, forgetBias, row, i)
      const before = t ? states.data[at - states.stride] : 0
      const isPositive = states.data[at] > 0
      // h = relu(c) + residual lets dh through where c is positive; later tokens have reached back to c as well.
      const dState = carried[i] + (isPositive ? dRecurred.data[rowAt(dRecurred, row) + i] : 0)
      // c = g ∘ before + (1 − g) ∘ x: g weighs (before − x), and g = sigmoid(z) has the derivative g (1 − g) by z.
      const dGate = gate * (1 - gate) * (before - x.data[rowAt(x, row) + i]) * dState
      // x enters c with the weight 1 − g.
      dx.data[rowAt(dx, row) + i] = (1 - gate) * dState
      dForget.data[rowAt(dForget, row) + i] = dGate
      // The bias is added to the gate's input of every token.
      dBias[i] += dGate
      // The state before this token enters c with the weight g.
      carried[i] = gate * dState
    }
  })
  for (let i = 0; i < width; i++) dForgetBias.data[dForgetBias.offset + i] += dBias[i]
}
