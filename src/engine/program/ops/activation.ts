import { defineOp } from '../instructions/op.ts'
import { activations } from '../operands/activation.ts'
import { activationGradient } from './activation-gradient.ts'

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
