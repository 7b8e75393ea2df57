import { linearInputGradientKernel, linearWeightGradientKernel } from '../../backend/js/linear-gradient.ts'
import { defineOp, expectShape } from '../op.ts'

/** dx = scale · dy W. dy [S, outputs], weight [outputs, inputs] → dx [S, inputs]. */
export const linearInputGradient = defineOp({
  name: 'linearInputGradient',
  inputs: ['dy', 'weight'],
  attributes: { scale: 'number' },
  outputs: ({ dy, weight }) => {
    expectShape(dy.width === weight.rows, 'linearInputGradient', `${dy} does not fit ${weight}`)
    return [{ name: 'dx', rows: dy.rows, width: weight.width }]
  },
  cost: ({ dy, weight }) => ({
    flops: 2 * dy.width * weight.width,
    bytes: 4 * (dy.width + weight.width),
    per: dy.rows,
  }),
  kernel: linearInputGradientKernel,
})

/** dWeight += scale · dyᵀ x, dBias += Σ dy. x [S, inputs], dy [S, outputs], dWeight [outputs, inputs], dBias [1, outputs]. */
export const linearWeightGradient = defineOp({
  name: 'linearWeightGradient',
  inputs: ['x', 'dy', 'dWeight', 'dBias?'],
  writes: ['dWeight', 'dBias'],
  attributes: { scale: 'number' },
  outputs: ({ x, dy, dWeight, dBias }) => {
    expectShape(x.rows === dy.rows, 'linearWeightGradient', `${x} and ${dy} differ in rows`)
    expectShape(
      dWeight.rows === dy.width && dWeight.width === x.width,
      'linearWeightGradient',
      `${dWeight} is not [${dy.width}, ${x.width}]`,
    )
    expectShape(
      !dBias || (dBias.rows === 1 && dBias.width === dy.width),
      'linearWeightGradient',
      `${dBias} is not [1, ${dy.width}]`,
    )
    return []
  },
  cost: ({ x, dy }) => ({ flops: 2 * x.width * dy.width, bytes: 4 * (x.width + dy.width), per: x.rows }),
  kernel: linearWeightGradientKernel,
})
