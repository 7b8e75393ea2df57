import { defineOp, expectIs } from '../instructions/op.ts'
import { expectTiles, expectUnit } from '../operands/recurrence.ts'

/**
 * Gradients of `ssru` by x and forget; that of forgetBias is added to dForgetBias. x, forget, states, dRecurred [T, d], spans [B, 2],
 * forgetBias, dForgetBias [1, d] → dx, dForget [T, d].
 */
export const ssruGradient = defineOp({
  name: 'ssruGradient',
  inputs: ['x', 'forget', 'forgetBias', 'states', 'spans', 'dRecurred', 'dForgetBias'],
  integers: ['spans'],
  writes: ['dForgetBias'],
  attributes: {},
  outputs: ['dx', 'dForget'],
  shapes: ({ x, forget, forgetBias, states, spans, dRecurred, dForgetBias }) => {
    expectUnit('ssruGradient', x, forget, forgetBias, states)
    expectIs('ssruGradient', dRecurred, x.rows, x.width)
    expectIs('ssruGradient', dForgetBias, 1, x.width)
    expectTiles('ssruGradient', spans)
    return [x, x]
  },
  cost: ({ x }) => ({ flops: 20 * x.width, per: x.rows }),
})
