import { defineOp, expectShape } from '../instructions/op.ts'

/** y = a + b. a, b [S, d] → y [S, d]. */
export const add = defineOp({
  name: 'add',
  inputs: ['a', 'b'],
  attributes: {},
  outputs: ['sum'],
  shapes: ({ a, b }) => {
    expectShape(a.rows === b.rows && a.width === b.width, 'add', `${a} and ${b} differ in shape`)
    return [a]
  },
  cost: ({ a }) => ({ flops: a.width, per: a.rows }),
  gradient: (_, { inputs: { a, b }, dOutputs: [dy], gradients }) => {
    gradients.contribute(a, dy)
    gradients.contribute(b, dy)
  },
})
