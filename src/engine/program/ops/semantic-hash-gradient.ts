import { defineOp, expectIs } from '../instructions/op.ts'

/**
 * The gradient of `semanticHash` through its soft value: with s = sigmoid(x + noise), dx = dCode · 1.2 s (1 − s) where 0 < 1.2 s − 0.1 < 1, and 0
 * elsewhere. x, noise, dCode [S, bits] → dx [S, bits].
 */
export const semanticHashGradient = defineOp({
  name: 'semanticHashGradient',
  inputs: ['x', 'noise?', 'dCode'],
  attributes: {},
  outputs: ['dx'],
  shapes: ({ x, noise, dCode }) => {
    for (const tensor of [noise, dCode]) expectIs('semanticHashGradient', tensor, x.rows, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 20 * x.width, per: x.rows }),
})
