import { defineOp, expectIs } from '../instructions/op.ts'

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
