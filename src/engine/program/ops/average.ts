import { defineOp, expectIs } from '../op.ts'
import { expectTiles } from './recurrence-operands.ts'

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
    gradients.contribute(x, averageGradient(p, { dAveraged: dAveraged!, spans: spans! })[0]),
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

/**
 * `average` for one new token of each hypothesis. Row r adds x[r] to the sum cache[parents[r]], or to zeros where its parent is −1, keeps
 * the sum as cache[slots[r]], and divides it by lengths[r], the number of tokens in it, at most 2²⁴. Rows are taken one after the other, so
 * that a row may go on from a sum that a row before it has written. x [R, d], parents, lengths, slots [R, 1], cache [K, d] → y [R, d].
 */
export const averageStep = defineOp({
  name: 'averageStep',
  inputs: ['x', 'parents', 'lengths', 'slots', 'cache'],
  integers: ['parents', 'lengths', 'slots'],
  writes: ['cache'],
  attributes: {},
  outputs: ['averaged'],
  shapes: ({ x, parents, lengths, slots, cache }) => {
    for (const column of [parents, lengths, slots]) expectIs('averageStep', column, x.rows, 1)
    expectIs('averageStep', cache, cache.rows, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 2 * x.width, per: x.rows }),
})
