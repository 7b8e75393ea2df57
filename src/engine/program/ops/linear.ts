import type { Instruction, Recording } from '../instruction.ts'
import { defineOp, expectIs, expectShape } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { activation, activations } from './activation.ts'
import { add } from './add.ts'
import { dropout } from './dropout.ts'
import { linearInputGradient, linearWeightGradient } from './linear-gradient.ts'

/**
 * y = activation(scale · x Wᵀ + bias) + residual: a product with its epilogue in one pass.
 * x [S, inputs], weight [outputs, inputs], bias [1, outputs], residual [S, outputs] → y [S, outputs].
 */
export const linear = defineOp({
  name: 'linear',
  inputs: ['x', 'weight', 'bias?', 'residual?'],
  encoded: ['weight'],
  attributes: { activation: activations, scale: 'number' },
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
    gradients.contribute(residual, dy!)
    const dBias = bias && p.gradientOf(bias)
    linearWeightGradient(p, { x: x!, dy: dy!, dWeight: p.gradientOf(weight!), dBias }, { scale })
    const relu = reluBefore(p, x!)
    const inputs = { dy: dy!, weight: weight!, x: relu && x! }
    const dx = linearInputGradient(p, inputs, { scale: scale * (relu?.kept ?? 1) })[0]
    gradients.contribute(relu?.product ?? x, dx)
  },
})

/**
 * The product of which relu, and dropout behind it, have made x. x is 0 where the product has no gradient, and `kept` times the product
 * elsewhere. Null where another instruction has made x.
 */
function reluBefore(p: Recording, x: Tensor): { product: Tensor; kept: number } | null {
  const made = p.madeBy(x)
  if (made?.op.name === dropout.row.name && !made.inputs[2]) {
    const relu = reluBefore(p, made.inputs[0]!)
    return relu && { ...relu, kept: relu.kept / (1 - (made.attributes.rate as number)) }
  }
  const isRelu = made?.op.name === activation.row.name && made.attributes.activation === 'relu'
  return isRelu ? { product: made.inputs[0]!, kept: 1 } : null
}

/**
 * Splits the activation, and a residual behind it, off every linear of a program, so that the activation's gradient can read the product.
 * This is done before `differentiate`.
 */
export function splitActivations(p: Recording): void {
  for (const [i, instruction] of [...p.instructions.entries()].reverse()) {
    if (instruction.op.name !== linear.row.name || instruction.attributes.activation === 'none') continue
    const parts = p.instructions.length
    p.within(instruction.path, () => splitActivation(p, i, instruction))
    p.instructions.splice(i + 1, 0, ...p.instructions.splice(parts))
  }
}

/** Replaces one linear by its product and appends the rest. */
function splitActivation(p: Recording, at: number, instruction: Instruction): void {
  const [y] = instruction.outputs
  const [x, weight, bias, residual] = instruction.inputs
  const kind = instruction.attributes.activation as (typeof activations)[number]
  const product = p.planned('product', y.rows, y.width)
  const inputs = [x, weight, bias, null]
  const attributes = { ...instruction.attributes, activation: 'none' }
  p.instructions[at] = { ...instruction, inputs, outputs: [product], attributes }
  const activated = residual ? p.planned('activated', y.rows, y.width) : y
  activation.into(p, [activated], { x: product }, { activation: kind })
  if (residual) add.into(p, [y], { a: activated, b: residual }, {})
}
