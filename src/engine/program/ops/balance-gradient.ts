import { defineOp, expectIs } from '../instructions/op.ts'

/**
 * Gradient of `balance`: every row of a column gets dBalance · (2 (c − mean) / E / (mean² + ε) − 2 variance · mean / E / (mean² + ε)²), c
 * the column's sum. x [S, E], dBalance [1, 1] → dx [S, E].
 */
export const balanceGradient = defineOp({
  name: 'balanceGradient',
  inputs: ['x', 'dBalance'],
  attributes: {},
  outputs: ['dx'],
  shapes: ({ x, dBalance }) => {
    expectIs('balanceGradient', dBalance, 1, 1)
    return [x]
  },
  cost: ({ x }) => ({ flops: 2 * x.width, per: x.rows }),
})
