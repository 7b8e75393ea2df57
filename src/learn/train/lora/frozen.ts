import { entryOf } from '../../../base/present.ts'
import { optionalName } from '../../../engine/program/instructions/op.ts'
import { Tensor } from '../../../engine/program/instructions/tensor.ts'
import type { Program } from '../../../engine/program/program.ts'

/** The array of the gradients of a model's own weights. */
const OWN = 'gradients'

/**
 * Leaves the gradients of the model's own weights out of a program of training, as these stay as they are: the instructions that make
 * nothing else, and what is computed for those alone. An instruction that makes other gradients in the same pass writes into a small array
 * beside, which nobody reads; its size is returned.
 */
export function freezeWeights(p: Program): number {
  const isOwn = (tensor: Tensor | null) => tensor?.part?.of.name === OWN
  const read = new Set<Tensor>()
  const kept = []
  for (const instruction of [...p.instructions].reverse()) {
    const { op, inputs, outputs } = instruction
    const written = inputs.filter((tensor, i) => tensor && op.writes?.includes(optionalName(op.inputs[i])))
    const isUsed =
      outputs.some(({ base }) => base.kind === 'bound' || read.has(base)) || written.some((tensor) => !isOwn(tensor))
    if (!isUsed) continue
    kept.push(instruction)
    for (const tensor of inputs) if (tensor) read.add(tensor.base)
  }
  p.instructions.splice(0, p.instructions.length, ...kept.reverse())
  return layBeside(p)
}

/** Lays the gradients of own weights that are still written one after the other, in an array of their size. */
function layBeside(p: Program): number {
  const at = p.bound.findIndex(({ name }) => name === OWN)
  if (at < 0) return 0
  const starts = new Map<string, number>()
  let size = 0
  for (const { inputs } of p.instructions)
    for (const tensor of inputs) {
      if (tensor?.part?.of.name !== OWN || starts.has(tensor.name)) continue
      starts.set(tensor.name, size)
      size += Math.ceil(((tensor.rows as number) * tensor.width) / 16) * 16
    }
  if (!size) {
    p.bound.splice(at, 1)
    return 0
  }
  const of = new Tensor('bound', OWN, { rows: 1, width: size })
  p.bound[at] = of
  for (const instruction of p.instructions)
    instruction.inputs = instruction.inputs.map((tensor) => {
      if (!tensor || tensor.part?.of.name !== OWN) return tensor
      const { name, rows, width, dtype } = tensor
      return new Tensor('bound', name, { rows, width }, dtype, { part: { of, start: entryOf(starts, name) } })
    })
  return size
}
