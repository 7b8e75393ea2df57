import type { Instruction, Recording } from './instructions/instruction.ts'
import type { activations } from './operands/norm.ts'
import { activation } from './ops/activation.ts'
import { add } from './ops/add.ts'
import { linear } from './ops/linear.ts'

/**
 * Splits the activation, and a residual after it, off every linear of a program, so that the activation's gradient can read the product.
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
