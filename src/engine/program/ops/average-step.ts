import { defineOp, expectIs } from '../instructions/op.ts'

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
