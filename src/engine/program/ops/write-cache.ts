import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * cache[slots[r]] = x[r]: a step's keys and values go into their slots, and nothing else moves. x [R, d], slots [R, 1], cache [M, d]. A
 * cache in bfloat16 takes the nearest number, ties to even.
 */
export const writeCache = defineOp({
  name: 'writeCache',
  inputs: ['x', 'slots', 'cache'],
  integers: ['slots'],
  writes: ['cache'],
  narrow: ['cache'],
  attributes: {},
  outputs: [],
  shapes: ({ x, slots, cache }) => {
    expectShape(x.width === cache.width, 'writeCache', `${x} has not the width of ${cache}`)
    expectIs('writeCache', slots, x.rows, 1)
    return []
  },
  cost: ({ x }) => ({ flops: 0, per: x.rows }),
})
