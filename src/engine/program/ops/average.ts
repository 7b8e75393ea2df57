import { defineOp } from '../instructions/op.ts'
import { expectTiles } from '../operands/recurrence.ts'
import { averageGradient } from './average-gradient.ts'

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
