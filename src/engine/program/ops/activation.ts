import { defineOp, expectIs } from '../op.ts'

/** Activations in the order of their numbers: gelu is 0.5x(1 + erf(x/√2)), geluTanh its tanh form (Hendrycks & Gimpel 2016), swish x·sigmoid(x). */
export const activations = ['none', 'relu', 'gelu', 'geluTanh', 'swish'] as const

/** y = activation(x), element by element. x [S, d] → y [S, d]. */
export const activation = defineOp({
  name: 'activation',
  inputs: ['x'],
  attributes: { activation: activations },
  outputs: ['activated'],
  shapes: ({ x }) => [x],
  cost: ({ x }) => ({ flops: 8 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x }, attributes, dOutputs: [dy], gradients }) =>
    gradients.contribute(x, activationGradient(p, { x: x!, dy: dy! }, attributes)[0]),
})

/** dx = activation'(x) ∘ dy. x, dy [S, d] → dx [S, d]. */
export const activationGradient = defineOp({
  name: 'activationGradient',
  inputs: ['x', 'dy'],
  attributes: { activation: activations },
  outputs: ['dx'],
  shapes: ({ x, dy }) => {
    expectIs('activationGradient', dy, x.rows, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 12 * x.width, per: x.rows }),
})
