import { gateAt, nextState, output } from '../functions/ssru-unit.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { checkTiles, forTokens, rowAt } from '../operands/recurrence.ts'

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
