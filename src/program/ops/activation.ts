import { activationKernel } from '../../backend/js/activation.ts'
import { defineOp } from '../op.ts'

/** Activations in the order of their numbers: gelu is 0.5x(1 + erf(x/√2)), geluTanh its tanh form (Hendrycks & Gimpel 2016), swish x·sigmoid(x). */
export const activations = ['none', 'relu', 'gelu', 'geluTanh', 'swish'] as const

/** y = activation(x), element by element. x [S, d] → y [S, d]. */
export const activation = defineOp({
  name: 'activation',
  inputs: ['x'],
  attributes: { activation: activations },
  outputs: ({ x }) => [{ name: 'activated', rows: x.rows, width: x.width }],
  cost: ({ x }) => ({ flops: 8 * x.width, bytes: 8 * x.width, per: x.rows }),
  kernel: activationKernel,
})
