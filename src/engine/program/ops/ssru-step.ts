import { defineOp, expectIs } from '../instructions/op.ts'
import { expectUnit } from '../operands/recurrence.ts'

/**
 * The unit of `ssru` for one new token of each hypothesis. Row r goes on from the state cache[parents[r]], or from zeros where its parent is
 * −1, and its own state becomes cache[slots[r]]; nothing else moves. Rows are taken one after the other, so that a row may go on from a
 * state that a row before it has written. x, forget, residual [R, d], forgetBias [1, d], parents, slots [R, 1], cache [K, d] → h [R, d].
 */
export const ssruStep = defineOp({
  name: 'ssruStep',
  inputs: ['x', 'forget', 'forgetBias', 'parents', 'slots', 'cache', 'residual?'],
  integers: ['parents', 'slots'],
  writes: ['cache'],
  attributes: {},
  outputs: ['recurred'],
  shapes: ({ x, forget, forgetBias, parents, slots, cache, residual }) => {
    expectUnit('ssruStep', x, forget, forgetBias, residual)
    for (const column of [parents, slots]) expectIs('ssruStep', column, x.rows, 1)
    expectIs('ssruStep', cache, cache.rows, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 14 * x.width, per: x.rows }),
})
