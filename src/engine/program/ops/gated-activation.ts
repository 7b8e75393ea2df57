import { defineOp, expectIs } from '../instructions/op.ts'
import { activations } from '../operands/norm.ts'

/** y = activation(gate) ∘ x, a gated linear unit after its products (Shazeer 2020, GLU variants). gate, x [S, d] → y [S, d]. */
export const gatedActivation = defineOp({
  name: 'gatedActivation',
  inputs: ['gate', 'x'],
  attributes: { activation: activations },
  neutral: { activation: 'none' },
  outputs: ['gated'],
  shapes: ({ gate, x }) => {
    expectIs('gatedActivation', gate, x.rows, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 9 * x.width, per: x.rows }),
  gradient: (p, { inputs, attributes, dOutputs: [dy], gradients }) => {
    const gate = inputs.gate
    const x = inputs.x
    const given = [{ gate, x, dy }, attributes] as const
    const into = gate.base === x.base ? gradients.columnsFor([gate, x]) : null
    if (into) return gatedActivationGradient.into(p, into, ...given)
    const [dGate, dx] = gatedActivationGradient(p, ...given)
    gradients.contribute(gate, dGate)
    gradients.contribute(x, dx)
  },
})

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
