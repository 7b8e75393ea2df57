import { defineOp } from '../instructions/op.ts'
import { normGradientShapes } from '../operands/norm.ts'

/** x, dy [S, d], gamma [1, d] → dx [S, d], statistics [S, 2], whose mean is 0. */
export const rmsNormGradient = defineOp({
  name: 'rmsNormGradient',
  inputs: ['x', 'gamma', 'dy'],
  attributes: { epsilon: 'number' },
  outputs: ['dx', 'statistics'],
  shapes: (inputs) => normGradientShapes('rmsNormGradient', inputs),
  cost: ({ x }) => ({ flops: 10 * x.width, per: x.rows }),
})
