import { defineOp, expectIs } from '../instructions/op.ts'

/**
 * How unevenly columns share (Shazeer et al. 2017, eq. 6): cv²(c) = variance / (mean² + 10⁻¹⁰) of the column sums c = Σ over rows.
 * x [S, E] → [1, 1].
 */
export const balance = defineOp({
  name: 'balance',
  inputs: ['x'],
  attributes: {},
  outputs: ['balance'],
  shapes: () => [{ rows: 1, width: 1 }],
  cost: ({ x }) => ({ flops: x.width, per: x.rows }),
  gradient: (p, { inputs: { x }, dOutputs: [dBalance], gradients }) =>
    gradients.contribute(x, balanceGradient(p, { x, dBalance })[0]),
})

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
