import { defineOp } from '../instructions/op.ts'
import { expectTiles } from '../operands/recurrence.ts'

/** The gradient of `average`: dx_k = Σ over t ≥ k of dy_t / t. dAveraged [T, d], spans [B, 2] → dx [T, d]. */
export const averageGradient = defineOp({
  name: 'averageGradient',
  inputs: ['dAveraged', 'spans'],
  integers: ['spans'],
  attributes: {},
  outputs: ['dx'],
  shapes: ({ dAveraged, spans }) => {
    expectTiles('averageGradient', spans)
    return [dAveraged]
  },
  cost: ({ dAveraged }) => ({ flops: 2 * dAveraged.width, per: dAveraged.rows }),
})
