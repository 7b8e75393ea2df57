import type { DType, Player, TensorArray } from '#dist/engine/backend/interface/backend.js'
import type { OpRow } from '#dist/engine/program/instructions/instruction.js'
import { optionalName } from '#dist/engine/program/instructions/op.js'
import type { Tensor } from '#dist/engine/program/instructions/tensor.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { Program } from '#dist/engine/program/program.js'
import type { OpCase } from './random-operands.ts'

export interface Played {
  /** Outputs by name, and the inputs that the op writes to. */
  arrays: Record<string, TensorArray>
  /** Runs the same case again with some arrays replaced. */
  again(replaced: Record<string, TensorArray>): void
}

const dtypeOf = (data: TensorArray): DType =>
  data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bfloat16'

/** Records a program of one instruction for a case; `arrays` are those of its inputs. */
export function recordCase(row: OpRow, { inputs, attributes }: OpCase) {
  const program = new Program(row.name)
  const arrays: Record<string, TensorArray> = {}
  const tensors: Record<string, Tensor> = {}
  for (const declared of row.inputs) {
    const name = optionalName(declared)
    const operand = inputs[name]
    if (!operand) continue
    const base = program.input(name, operand.rows, operand.baseWidth, dtypeOf(operand.data))
    tensors[name] =
      operand.baseWidth === operand.width ? base : base.slice(operand.column, operand.column + operand.width)
    arrays[name] = operand.data.slice()
  }
  const outputs = program.append(row, tensors, attributes, row.shapes(tensors as never, attributes as never))
  return { program, arrays, outputs }
}

/** Records a program of one instruction for a case and runs it. */
export function playCase(player: Player, row: OpRow, opCase: OpCase): Played {
  const { symbols } = opCase
  const { program, arrays, outputs } = recordCase(row, opCase)
  const written: Record<string, TensorArray> = {}
  for (const tensor of outputs) {
    const { name, rows, width, dtype } = program.output(tensor)
    arrays[name] = new (dtype === 'int32' ? Int32Array : Float32Array)(
      (typeof rows === 'number' ? rows : symbols[rows]) * width,
    ).fill(77)
    written[name] = arrays[name]
  }
  for (const name of row.writes ?? []) if (arrays[name]) written[name] = arrays[name]
  const loaded = new LoadedProgram(player, program)
  loaded.play(symbols, arrays)
  return { arrays: written, again: (replaced) => loaded.play(symbols, { ...arrays, ...replaced }) }
}
