import { present } from '../../../base/present.ts'
import type { Recording } from '../instructions/instruction.ts'
import { defineOp, expectIs, expectShape } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'
import { activations } from '../operands/norm.ts'
import { activation } from './activation.ts'
import { dropout } from './dropout.ts'

/**
 * y = activation(scale · x Wᵀ + bias) + residual: a product with its epilogue in one pass.
 * x [S, inputs], weight [outputs, inputs], bias [1, outputs], residual [S, outputs] → y [S, outputs].
 */
export const linear = defineOp({
  name: 'linear',
  inputs: ['x', 'weight', 'bias?', 'residual?'],
  encoded: ['weight'],
  weights: ['weight', 'bias'],
  attributes: { activation: activations, scale: 'number' },
  neutral: { activation: 'none', scale: 1 },
  outputs: ['out'],
  shapes: ({ x, weight, bias, residual }) => {
    expectShape(x.width === weight.width, 'linear', `${x} has not the width of ${weight}`)
    const width = weight.rows as number
    expectShape(typeof weight.rows === 'number', 'linear', `${weight} must have constant rows`)
    expectIs('linear', bias, 1, width)
    expectIs('linear', residual, x.rows, width)
    return [{ rows: x.rows, width }]
  },
  cost: ({ x, weight }) => {
    const outputs = weight.rows as number
    return { flops: 2 * x.width * outputs, per: x.rows, reads: [weight] }
  },
  gradient: (
    p,
    { inputs: { x, weight, bias, residual }, attributes: { activation, scale }, dOutputs: [dy], gradients },
  ) => {
    expectShape(activation === 'none', 'linear', 'an activation must be split off before gradients are taken')
    gradients.contribute(residual, dy)
    const dBias = bias && p.gradientOf(bias)
    linearWeightGradient(p, { x, dy, dWeight: p.gradientOf(weight), dBias }, { scale })
    const relu = reluBefore(p, x)
    const inputs = { dy, weight, x: relu && x }
    const dx = linearInputGradient(p, inputs, { scale: scale * (relu?.kept ?? 1) })[0]
    gradients.contribute(relu?.product ?? x, dx)
  },
})

/**
 * The product of which relu, and dropout after it, have made x. x is 0 where the product has no gradient, and `kept` times the product
 * elsewhere. Null where another instruction has made x.
 */
function reluBefore(p: Recording, x: Tensor): { product: Tensor; kept: number } | null {
  const made = p.madeBy(x)
  if (made?.op.name === dropout.row.name && !made.inputs[2]) {
    const relu = reluBefore(p, present(made.inputs[0]))
    return relu && { ...relu, kept: relu.kept / (1 - (made.attributes.rate as number)) }
  }
  const isRelu = made?.op.name === activation.row.name && made.attributes.activation === 'relu'
  return isRelu ? { product: present(made.inputs[0]), kept: 1 } : null
}

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
