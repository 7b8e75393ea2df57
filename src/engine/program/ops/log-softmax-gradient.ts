import { defineOp, expectIs } from '../instructions/op.ts'

/** dx = dy − exp(y) Σ dy, y the log-softmax. y, dy [S, d] → dx [S, d]. */
export const logSoftmaxGradient = defineOp({
  name: 'logSoftmaxGradient',
  inputs: ['y', 'dy'],
  attributes: {},
  outputs: ['dx'],
  shapes: ({ y, dy }) => {
    expectIs('logSoftmaxGradient', dy, y.rows, y.width)
    return [y]
  },
  cost: ({ y }) => ({ flops: 5 * y.width, per: y.rows }),
})
