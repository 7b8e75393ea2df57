import { defineOp } from '../instructions/op.ts'
import { logSoftmaxGradient } from './log-softmax-gradient.ts'

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
