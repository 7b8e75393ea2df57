import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/** dWeight += scale · dyᵀ x, dBias += Σ dy. x [S, inputs], dy [S, outputs], dWeight [outputs, inputs], dBias [1, outputs]. */
export const linearWeightGradient = defineOp({
  name: 'linearWeightGradient',
  inputs: ['x', 'dy', 'dWeight', 'dBias?'],
  writes: ['dWeight', 'dBias'],
  attributes: { scale: 'number' },
  neutral: { scale: 1 },
  outputs: [],
  shapes: ({ x, dy, dWeight, dBias }) => {
    expectShape(x.rows === dy.rows, 'linearWeightGradient', `${x} and ${dy} differ in rows`)
    expectIs('linearWeightGradient', dWeight, dy.width, x.width)
    expectIs('linearWeightGradient', dBias, 1, dy.width)
    return []
  },
  cost: ({ x, dy }) => ({ flops: 2 * x.width * dy.width, per: x.rows }),
})
