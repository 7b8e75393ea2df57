import { defineOp, expectIs } from '../instructions/op.ts'

/**
 * The gradient of `quantize` by x: dx = dQuantized + dErrors · 2 (x − quantized) / d, straight through, and the commitment.
 * x, quantized, dQuantized [S, d], dErrors [S, 1] → dx [S, d].
 */
export const quantizeGradient = defineOp({
  name: 'quantizeGradient',
  inputs: ['x', 'quantized', 'dQuantized', 'dErrors'],
  attributes: {},
  outputs: ['dx'],
  shapes: ({ x, quantized, dQuantized, dErrors }) => {
    for (const tensor of [quantized, dQuantized]) expectIs('quantizeGradient', tensor, x.rows, x.width)
    expectIs('quantizeGradient', dErrors, x.rows, 1)
    return [x]
  },
  cost: ({ x }) => ({ flops: 3 * x.width, per: x.rows }),
})
