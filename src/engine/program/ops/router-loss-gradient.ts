import { defineOp, expectIs } from '../instructions/op.ts'
import { expectRouters } from '../operands/router-loss.ts'

/** Gradient of `routerLoss`, in which f is constant. scores [S, layers · E], spans [B, 2], dLoss [1, 1] → dScores [S, layers · E]. */
export const routerLossGradient = defineOp({
  name: 'routerLossGradient',
  inputs: ['scores', 'spans', 'dLoss'],
  integers: ['spans'],
  attributes: { experts: 'count', k: 'count', balance: 'number', z: 'number' },
  neutral: { k: 1 },
  outputs: ['dScores'],
  shapes: ({ scores, spans, dLoss }, attributes) => {
    expectRouters('routerLossGradient', scores, spans, attributes)
    expectIs('routerLossGradient', dLoss, 1, 1)
    return [scores]
  },
  cost: ({ scores }) => ({ flops: 20 * scores.width, per: scores.rows }),
})
