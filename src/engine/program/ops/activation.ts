import { defineOp, expectIs } from '../instructions/op.ts'
import { activations } from '../operands/norm.ts'

/** y = activation(x), element by element. x [S, d] → y [S, d]. */
export const activation = defineOp({
  name: 'activation',
  inputs: ['x'],
  attributes: { activation: activations },
  neutral: { activation: 'none' },
  outputs: ['activated'],
  shapes: ({ x }) => [x],
  cost: ({ x }) => ({ flops: 8 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x }, attributes, dOutputs: [dy], gradients }) =>
    gradients.contribute(x, activationGradient(p, { x, dy }, attributes)[0]),
})

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
