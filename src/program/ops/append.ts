import { appendKernel, checkAppend } from '../../backend/js/append.ts'
import { defineOp, expectShape } from '../op.ts'

/** cache[slots[r]] = x[r]: a step's keys and values go into their slots; nothing else moves. x [R, d], slots [R, 1], cache [M, d]. */
export const append = defineOp({
  name: 'append',
  inputs: ['x', 'slots', 'cache'],
  integers: ['slots'],
  writes: ['cache'],
  attributes: {},
  outputs: ({ x, slots, cache }) => {
    expectShape(x.width === cache.width, 'append', `${x} has not the width of ${cache}`)
    expectShape(slots.width === 1 && slots.rows === x.rows, 'append', `${slots} is not [${x.rows}, 1]`)
    return []
  },
  cost: ({ x }) => ({ flops: 0, bytes: 8 * x.width, per: x.rows }),
  check: checkAppend,
  kernel: appendKernel,
})
