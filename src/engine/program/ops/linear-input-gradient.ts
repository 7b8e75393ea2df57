import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * dx = scale · dy W. dy [S, outputs], weight [outputs, inputs] → dx [S, inputs]. With x [S, inputs], dx is 0 where x is 0: numbers that
 * relu has set to 0 have no gradient, and their products need not be computed.
 */
export const linearInputGradient = defineOp({
  name: 'linearInputGradient',
  inputs: ['dy', 'weight', 'x?'],
  attributes: { scale: 'number' },
  neutral: { scale: 1 },
  outputs: ['dx'],
  shapes: ({ dy, weight, x }) => {
    expectShape(dy.width === weight.rows, 'linearInputGradient', `${dy} does not fit ${weight}`)
    expectIs('linearInputGradient', x, dy.rows, weight.width)
    return [{ rows: dy.rows, width: weight.width }]
  },
  cost: ({ dy, weight }) => ({ flops: 2 * dy.width * weight.width, per: dy.rows, reads: [weight] }),
})
