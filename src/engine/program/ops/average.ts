import { defineOp } from '../instructions/op.ts'
import { expectTiles } from '../operands/recurrence.ts'

/**
 * The cumulative average of average attention (Zhang et al. 2018, 3.1), sentence by sentence: y_t = (x_1 + … + x_t) / t. Sentence b has the
 * rows [spans[b, 0], spans[b, 1]); sentences tile all rows in order. x [T, d], spans [B, 2] → y [T, d].
 */
export const average = defineOp({
  name: 'average',
  inputs: ['x', 'spans'],
  integers: ['spans'],
  attributes: {},
  outputs: ['averaged'],
  shapes: ({ x, spans }) => {
    expectTiles('average', spans)
    return [x]
  },
  cost: ({ x }) => ({ flops: 2 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x, spans }, dOutputs: [dAveraged], gradients }) =>
    gradients.contribute(x, averageGradient(p, { dAveraged, spans })[0]),
})

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
