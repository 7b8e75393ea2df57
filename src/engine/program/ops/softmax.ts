import { defineOp } from '../instructions/op.ts'
import { softmaxGradient } from './softmax-gradient.ts'

/** y = exp(x − max) / Σ exp(x − max) over each row. x [S, d] → y [S, d]. */
export const softmax = defineOp({
  name: 'softmax',
  inputs: ['x'],
  attributes: {},
  outputs: ['softmax'],
  shapes: ({ x }) => [x],
  cost: ({ x }) => ({ flops: 5 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x }, outputs: [y], dOutputs: [dy], gradients }) =>
    gradients.contribute(x, softmaxGradient(p, { y, dy })[0]),
})
