import { defineOp } from '../instructions/op.ts'
import { normGradientShapes } from '../operands/norm.ts'

/** x, dy [S, d], gamma [1, d] → dx [S, d], statistics [S, 2]. */
export const layerNormGradient = defineOp({
  name: 'layerNormGradient',
  inputs: ['x', 'gamma', 'dy'],
  attributes: { epsilon: 'number' },
  outputs: ['dx', 'statistics'],
  shapes: (inputs) => normGradientShapes('layerNormGradient', inputs),
  cost: ({ x }) => ({ flops: 14 * x.width, per: x.rows }),
})
