import type { Instruction } from './instructions/instruction.ts'
import type { Tensor } from './instructions/tensor.ts'
import { Program } from './program.ts'

/**
 * Cuts a program after some of its instructions, so that values can be read and written in between. Tensors that are
 * computed in one segment and read in another are bound in both: the caller hands in the same array. `ends`: the index
 * after the last instruction of each segment but the last, ascending.
 */
export function segmentsOf(p: Program, ends: readonly number[]): Program[] {
  const inside = [...new Set(ends)].filter((end) => end > 0 && end < p.instructions.length)
  const cuts = [0, ...inside, p.instructions.length]
  for (const tensor of crossing(p.instructions, inside)) p.output(tensor)
  return cuts.slice(1).map((end, i) => {
    const segment = new Program(`${p.name} ${i}`, p.weights)
    segment.instructions.push(...p.instructions.slice(cuts[i], end))
    const used = new Set(segment.instructions.flatMap(operandsOf))
    segment.bound.push(...p.bound.filter((tensor) => used.has(tensor)))
    return segment
  })
}

/** The planned tensors that are used on both sides of a cut. */
function crossing(instructions: readonly Instruction[], cuts: readonly number[]): Tensor[] {
  const first = new Map<Tensor, number>()
  const crossed = new Set<Tensor>()
  let segment = 0
  for (const [at, instruction] of instructions.entries()) {
    while (cuts[segment] <= at) segment++
    for (const tensor of operandsOf(instruction)) {
      if (tensor.kind !== 'planned') continue
      if (!first.has(tensor)) first.set(tensor, segment)
      else if (first.get(tensor) !== segment) crossed.add(tensor)
    }
  }
  return [...crossed]
}

/** The whole tensors that an instruction reads and writes. */
const operandsOf = ({ inputs, outputs }: Instruction): Tensor[] =>
  [...inputs, ...outputs].flatMap((tensor) => (tensor ? [tensor.base, ...(tensor.part ? [tensor.part.of] : [])] : []))
