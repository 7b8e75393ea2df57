import { defineOp } from '../instructions/op.ts'
import { expectAlike } from '../operands/norm.ts'

/**
 * The gating layer of average attention after its products (Zhang et al. 2018, eq. 3): y = sigmoid(gateA) ∘ a + sigmoid(gateB) ∘ b.
 * gateA, a, gateB, b [S, d] → y [S, d].
 */
export const gatedSum = defineOp({
  name: 'gatedSum',
  inputs: ['gateA', 'a', 'gateB', 'b'],
  attributes: {},
  outputs: ['summed'],
  shapes: ({ gateA, a, gateB, b }) => {
    expectAlike('gatedSum', [gateA, a, gateB, b])
    return [a]
  },
  cost: ({ a }) => ({ flops: 19 * a.width, per: a.rows }),
  gradient: (p, { inputs, dOutputs: [dSum], gradients }) => {
    const { gateA, a, gateB, b } = inputs
    const made = gatedSumGradient(p, { gateA, a, gateB, b, dSum })
    for (const [i, tensor] of [gateA, a, gateB, b].entries()) gradients.contribute(tensor, made[i])
  },
})

/** dGateA = sigmoid'(gateA) ∘ a ∘ dSum, dA = sigmoid(gateA) ∘ dSum, and of b the same. All are [S, d]. */
export const gatedSumGradient = defineOp({
  name: 'gatedSumGradient',
  inputs: ['gateA', 'a', 'gateB', 'b', 'dSum'],
  attributes: {},
  outputs: ['dGateA', 'dA', 'dGateB', 'dB'],
  shapes: ({ gateA, a, gateB, b, dSum }) => {
    expectAlike('gatedSumGradient', [gateA, a, gateB, b, dSum])
    return [a, a, a, a]
  },
  cost: ({ a }) => ({ flops: 28 * a.width, per: a.rows }),
})
