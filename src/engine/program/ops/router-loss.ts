import { defineOp, expectIs } from '../instructions/op.ts'
import { expectRouters } from '../operands/experts.ts'

/**
 * The losses of Switch's routers, as transformers has them. `scores` of E `experts` from each of some layers lie side by side. For a
 * sentence, f_e is the share of its rows and layers whose `k` greatest scores have expert e among them, and P_e the mean of their softmax;
 * loss = balance · mean over sentences of E Σ_e f_e P_e (Fedus et al. 2021, eq. 4-6) + z · mean over rows and layers of (log Σ_e exp score)²
 * (Zoph et al. 2022, eq. 5). scores [S, layers · E], spans [B, 2] → [1, 1].
 */
export const routerLoss = defineOp({
  name: 'routerLoss',
  inputs: ['scores', 'spans'],
  integers: ['spans'],
  attributes: { experts: 'count', k: 'count', balance: 'number', z: 'number' },
  neutral: { k: 1 },
  outputs: ['loss'],
  shapes: ({ scores, spans }, attributes) => {
    expectRouters('routerLoss', scores, spans, attributes)
    return [{ rows: 1, width: 1 }]
  },
  cost: ({ scores }) => ({ flops: 10 * scores.width, per: scores.rows }),
  gradient: (p, { inputs: { scores, spans }, attributes, dOutputs: [dLoss], gradients }) =>
    gradients.contribute(scores, routerLossGradient(p, { scores, spans, dLoss }, attributes)[0]),
})

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
