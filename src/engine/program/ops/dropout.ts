import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * y = x ∘ mask / (1 − rate) + residual. The mask follows from the seed of the step, the op's `site` and the place of the value
 * (engine/backend/random.ts), so it is never stored. x, residual [S, d], seed [1, 1] → y [S, d].
 */
export const dropout = defineOp({
  name: 'dropout',
  inputs: ['x', 'seed', 'residual?'],
  integers: ['seed'],
  attributes: { rate: 'number', site: 'integer' },
  unlisted: ['site'],
  outputs: ['dropped'],
  shapes: ({ x, seed, residual }, { rate }) => {
    expectShape(rate >= 0 && rate < 1, 'dropout', `rate ${rate} is not in [0, 1)`)
    expectIs('dropout', seed, 1, 1)
    expectIs('dropout', residual, x.rows, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 8 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x, seed, residual }, attributes, dOutputs: [dy], gradients }) => {
    gradients.contribute(x, dropout(p, { x: dy, seed }, attributes)[0])
    gradients.contribute(residual, dy)
  },
})
