import { defineOp, expectIs } from '../instructions/op.ts'

/** dGamma += Σ dy · (x − mean) / deviation, dBeta += Σ dy. x, dy [S, d], statistics [S, 2], dGamma, dBeta [1, d]. */
export const normWeightGradient = defineOp({
  name: 'normWeightGradient',
  inputs: ['x', 'statistics', 'dy', 'dGamma', 'dBeta?'],
  writes: ['dGamma', 'dBeta'],
  attributes: {},
  outputs: [],
  shapes: ({ x, statistics, dy, dGamma, dBeta }) => {
    expectIs('normWeightGradient', dy, x.rows, x.width)
    expectIs('normWeightGradient', statistics, x.rows, 2)
    for (const d of [dGamma, dBeta]) expectIs('normWeightGradient', d, 1, x.width)
    return []
  },
  cost: ({ x }) => ({ flops: 5 * x.width, per: x.rows }),
})
