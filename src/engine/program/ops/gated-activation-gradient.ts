import { defineOp, expectIs } from '../instructions/op.ts'
import { activations } from '../operands/activation.ts'

/** dGate = activation'(gate) ∘ x ∘ dy, dx = activation(gate) ∘ dy. gate, x, dy [S, d] → dGate, dx [S, d]. */
export const gatedActivationGradient = defineOp({
  name: 'gatedActivationGradient',
  inputs: ['gate', 'x', 'dy'],
  attributes: { activation: activations },
  neutral: { activation: 'none' },
  outputs: ['dGate', 'dx'],
  shapes: ({ gate, x, dy }) => {
    for (const tensor of [gate, dy]) expectIs('gatedActivationGradient', tensor, x.rows, x.width)
    return [x, x]
  },
  cost: ({ x }) => ({ flops: 22 * x.width, per: x.rows }),
})
