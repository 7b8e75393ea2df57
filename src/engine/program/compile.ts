import { GlassformerError } from '../../base/errors.ts'
import { entryOf } from '../../base/present.ts'
import type { InstructionSpec, ProgramSpec, TensorSpec } from '../backend/interface/backend.ts'
import { CACHED_BYTES } from '../backend/interface/cached-weights.ts'
import { storedSize } from '../backend/interface/packed.ts'
import type { Instruction, Recording } from './instructions/instruction.ts'
import { encodeAttribute, optionalName } from './instructions/op.ts'
import type { Tensor } from './instructions/tensor.ts'
import { CONSTANT, type Plan, planMemory } from './plan.ts'

/** A program as plain data for a backend, its memory planned. */
export function compile(program: Recording): ProgramSpec {
  const plan = planMemory(program.instructions)
  const encoder = new SpecEncoder(program, plan)
  const instructions = program.instructions.map((instruction) => encoder.instruction(instruction))
  return {
    name: program.name,
    symbols: plan.symbols,
    regions: [...plan.symbols.map((symbol) => entryOf(plan.regions, symbol)), plan.regions.get(CONSTANT) ?? 0],
    tensors: encoder.tensors,
    bindings: program.bound.map((tensor) => ({ name: tensor.name, written: isWritten(program, tensor) })),
    instructions,
    cachedFloats: CACHED_BYTES / Float32Array.BYTES_PER_ELEMENT,
  }
}

const isWritten = ({ instructions }: Recording, tensor: Tensor): boolean =>
  instructions.some(
    ({ op, inputs, outputs }) =>
      outputs.some((t) => t.base === tensor) ||
      inputs.some((t, i) => t && (t.part?.of ?? t.base) === tensor && op.writes?.includes(optionalName(op.inputs[i]))),
  )

/** Numbers tensors in the order in which instructions first mention them. */
class SpecEncoder {
  readonly tensors: TensorSpec[] = []
  readonly #program: Recording
  readonly #plan: Plan
  readonly #indices = new Map<Tensor, number>()

  constructor(program: Recording, plan: Plan) {
    this.#program = program
    this.#plan = plan
  }

  instruction({ op, inputs, outputs, attributes }: Instruction): InstructionSpec {
    return {
      op: op.name,
      inputs: inputs.map((tensor) => this.#operand(tensor)),
      outputs: outputs.map((tensor) => this.#operand(tensor)),
      attributes: Object.entries(op.attributes).map(([name, rule]) =>
        encodeAttribute(op.name, name, rule, attributes[name]),
      ),
      names: { inputs: op.inputs, outputs: op.outputs, attributes: op.attributes },
    }
  }

  #operand(tensor: Tensor | null) {
    if (!tensor) return { tensor: -1, column: 0, width: 0 }
    return { tensor: this.#index(tensor.base), column: tensor.column, width: tensor.width }
  }

  #index(tensor: Tensor): number {
    let index = this.#indices.get(tensor)
    if (index === undefined) {
      index = this.tensors.length
      this.#indices.set(tensor, index)
      const { name, kind, dtype, rows, width, encoding } = tensor
      const symbol = typeof rows === 'string' ? this.#plan.symbols.indexOf(rows) : -1
      this.tensors.push({
        name,
        kind,
        dtype,
        symbol,
        rows: symbol < 0 ? (rows as number) : 0,
        width,
        offset: this.#offset(tensor),
        start: tensor.part?.start ?? 0,
        encoding,
      })
    }
    return index
  }

  #offset(tensor: Tensor): number {
    if (tensor.kind === 'planned') return entryOf(this.#plan.offsets, tensor)
    if (tensor.kind === 'bound') return this.#program.bound.indexOf(tensor.part?.of ?? tensor)
    const { weights } = this.#program
    const { offset, rows, width, encoding } = weights.place(tensor.name)
    if (encoding !== tensor.encoding || offset + storedSize(encoding, rows, width) > weights.values.length)
      throw new GlassformerError('ERR_SHAPE', `${tensor} does not lie in the store as ${tensor.encoding}`)
    return offset
  }
}
