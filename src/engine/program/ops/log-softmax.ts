import { defineOp, expectIs } from '../instructions/op.ts'

/** y = x − log Σ exp(x) over each row. x [S, d] → y [S, d]. */
export const logSoftmax = defineOp({
  name: 'logSoftmax',
  inputs: ['x'],
  attributes: {},
  outputs: ['logSoftmax'],
  shapes: ({ x }) => [x],
  cost: ({ x }) => ({ flops: 5 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x }, outputs: [y], dOutputs: [dy], gradients }) =>
    gradients.contribute(x, logSoftmaxGradient(p, { y, dy })[0]),
})

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
