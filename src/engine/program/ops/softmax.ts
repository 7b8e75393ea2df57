import { defineOp, expectIs } from '../instructions/op.ts'

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

/** dx = y ∘ (dy − Σ y ∘ dy), y the softmax. y, dy [S, d] → dx [S, d]. */
export const softmaxGradient = defineOp({
  name: 'softmaxGradient',
  inputs: ['y', 'dy'],
  attributes: {},
  outputs: ['dx'],
  shapes: ({ y, dy }) => {
    expectIs('softmaxGradient', dy, y.rows, y.width)
    return [y]
  },
  cost: ({ y }) => ({ flops: 4 * y.width, per: y.rows }),
})
