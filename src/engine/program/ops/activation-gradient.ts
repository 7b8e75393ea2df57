import { defineOp, expectIs } from '../instructions/op.ts'
import { activations } from '../operands/activation.ts'

/** dx = activation'(x) ∘ dy. x, dy [S, d] → dx [S, d]. */
export const activationGradient = defineOp({
  name: 'activationGradient',
  inputs: ['x', 'dy'],
  attributes: { activation: activations },
  neutral: { activation: 'none' },
  outputs: ['dx'],
  shapes: ({ x, dy }) => {
    expectIs('activationGradient', dy, x.rows, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 12 * x.width, per: x.rows }),
})
