import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * Improved semantic hashing (Kaiser and Bengio 2018): with u = x + noise, soft = max(0, min(1, 1.2 sigmoid(u) − 0.1)); a row is rounded to
 * bits, u > 0, where `hard` is not 0, and soft elsewhere. Without noise, outside training, all rows are bits. The gradient goes through soft
 * always. x, noise [S, bits], hard [S, 1] → code [S, bits].
 */
export const semanticHash = defineOp({
  name: 'semanticHash',
  inputs: ['x', 'noise?', 'hard?'],
  integers: ['hard'],
  constants: ['noise'],
  attributes: {},
  outputs: ['code'],
  shapes: ({ x, noise, hard }) => {
    expectShape(!noise === !hard, 'semanticHash', 'noise and hard go together')
    expectIs('semanticHash', noise, x.rows, x.width)
    expectIs('semanticHash', hard, x.rows, 1)
    return [x]
  },
  cost: ({ x }) => ({ flops: 20 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x, noise }, dOutputs: [dCode], gradients }) =>
    gradients.contribute(x, semanticHashGradient(p, { x, noise, dCode })[0]),
})

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
