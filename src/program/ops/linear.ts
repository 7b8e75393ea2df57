import { linearKernel } from '../../backend/js/linear.ts'
import { defineOp, expectShape } from '../op.ts'
import { activations } from './activation.ts'

/**
 * y = activation(scale · x Wᵀ + bias) + residual: a product with its epilogue in one pass.
 * x [S, inputs], weight [outputs, inputs], bias [1, outputs], residual [S, outputs] → y [S, outputs].
 */
export const linear = defineOp({
  name: 'linear',
  inputs: ['x', 'weight', 'bias?', 'residual?'],
  attributes: { activation: activations, scale: 'number' },
  outputs: ({ x, weight, bias, residual }) => {
    expectShape(x.width === weight.width, 'linear', `${x} has not the width of ${weight}`)
    const width = weight.rows as number
    expectShape(typeof weight.rows === 'number', 'linear', `${weight} must have constant rows`)
    expectShape(!bias || (bias.rows === 1 && bias.width === width), 'linear', `bias ${bias} is not [1, ${width}]`)
    expectShape(
      !residual || (residual.rows === x.rows && residual.width === width),
      'linear',
      `residual ${residual} is not [${x.rows}, ${width}]`,
    )
    return [{ name: 'out', rows: x.rows, width }]
  },
  cost: ({ x, weight }) => {
    const outputs = weight.rows as number
    return { flops: 2 * x.width * outputs, bytes: 4 * (x.width + outputs), per: x.rows }
  },
  kernel: linearKernel,
})
