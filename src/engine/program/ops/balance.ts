import { defineOp } from '../instructions/op.ts'
import { balanceGradient } from './balance-gradient.ts'

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
