import { defineOp } from '../instructions/op.ts'
import { expectAlike } from '../operands/alike.ts'

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
