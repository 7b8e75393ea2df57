import { present } from '../../base/present.ts'
import type { Instruction, Recording } from './instructions/instruction.ts'
import type { Tensor } from './instructions/tensor.ts'
import type { activations } from './operands/norm.ts'
import { activation } from './ops/activation.ts'
import { add } from './ops/add.ts'
import { linear } from './ops/linear.ts'

/** Appends the instructions that write `product` and what a branch makes of `x` beside it, summed, into `sum`. */
export type Branch = (x: Tensor, product: Tensor, sum: Tensor) => void

/**
 * Adds low-rank branches beside products of a recorded program: y = activation(x Wᵀ + bias + branch(x)) + residual. `branchOf` has the
 * branch of a weight by its name; products of other weights stay as they are, and so do the names of all results. In a program that is
 * trained this is done before `differentiate`.
 */
export function addBranches(p: Recording, branchOf: (weight: string) => Branch | null): void {
  for (const [i, instruction] of [...p.instructions.entries()].reverse()) {
    if (instruction.op.name !== linear.row.name) continue
    const branch = branchOf(present(instruction.inputs[1]).name)
    if (!branch) continue
    const after = p.instructions.length
    p.within(instruction.path, () => addBranch(p, i, instruction, branch))
    p.instructions.splice(i + 1, 0, ...p.instructions.splice(after))
  }
}

/** Replaces one linear by its product, and appends its branch and its epilogue. */
function addBranch(p: Recording, at: number, instruction: Instruction, branch: Branch): void {
  const [y] = instruction.outputs
  const [x, weight, bias, residual] = instruction.inputs
  const kind = instruction.attributes.activation as (typeof activations)[number]
  const planned = (name: string) => p.planned(name, y.rows, y.width)
  const product = planned('product')
  const attributes = { ...instruction.attributes, activation: 'none' }
  p.instructions[at] = { ...instruction, inputs: [x, weight, bias, null], outputs: [product], attributes }
  const isActivated = kind !== 'none'
  const sum = isActivated || residual ? planned('adapted') : y
  branch(present(x), product, sum)
  const activated = !isActivated ? sum : residual ? planned('activated') : y
  if (isActivated) activation.into(p, [activated], { x: sum }, { activation: kind })
  if (residual) add.into(p, [y], { a: activated, b: residual }, {})
}
