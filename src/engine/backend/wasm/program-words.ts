import { GlassformerError, shown } from '../../../base/errors.ts'
import type { InstructionSpec, OperandSpec, ProgramSpec, TensorSpec } from '../interface/backend.ts'

const KINDS = ['weight', 'bound', 'planned']
/** Types of values, in the order of native/core/dtype.h. */
export const DTYPES = ['float32', 'int32', 'bfloat16'] as const
/** Words of attributes, in the order of native/kernels/call.h. */
export const ENCODINGS = ['float32', 'float32panels', 'bfloat16', 'int8', 'int4'] as const

const refused = (what: string) => new GlassformerError('ERR_SHAPE', what)

/**
 * A program as numbers, in the order in which native/wasm/api.cc reads them: texts in UTF-8 after their number of
 * bytes, lists after their length. The core checks whether the program is consistent.
 * @throws GlassformerError ERR_SHAPE for a value that is no program
 */
export function programWords(program: ProgramSpec): Float64Array {
  const words = new Words()
  words.object(program, 'a program')
  words.text(program.name, 'name')
  words.list(program.symbols, 'symbols', (symbol) => words.text(symbol, 'a symbol'))
  words.list(program.regions, 'regions', (region) => words.integer(region, 'a region'))
  words.list(program.tensors, 'tensors', (tensor) => words.tensor(tensor))
  words.list(program.bindings, 'bindings', (binding) => {
    words.object(binding, 'a binding')
    words.text(binding.name, 'name')
    if (typeof binding.written !== 'boolean') throw refused('written must be true or false')
    words.numbers.push(binding.written ? 1 : 0)
  })
  words.list(program.instructions, 'instructions', (instruction) => words.instruction(instruction))
  words.integer(program.cachedFloats, 'cachedFloats')
  return Float64Array.from(words.numbers)
}

class Words {
  readonly numbers: number[] = []
  readonly #encoder = new TextEncoder()

  object(value: unknown, what: string): void {
    if (typeof value !== 'object' || value === null) throw refused(`${what} must be an object`)
  }

  text(value: unknown, what: string): void {
    if (typeof value !== 'string') throw refused(`${what} must be a string`)
    const bytes = this.#encoder.encode(value)
    this.numbers.push(bytes.length, ...bytes)
  }

  integer(value: unknown, what: string): void {
    if (typeof value !== 'number') throw refused(`${what} must be a number`)
    if (!Number.isSafeInteger(value)) throw refused(`${what} must be an integer, not ${shown(value)}`)
    this.numbers.push(value)
  }

  list<T>(values: readonly T[], what: string, write: (value: T) => void): void {
    if (!Array.isArray(values)) throw refused(`${what} must be an array`)
    this.numbers.push(values.length)
    for (const value of values) write(value)
  }

  /** The index of a word in a list of words. */
  word(value: string, known: readonly string[], what: string): void {
    const number = known.indexOf(value)
    if (number < 0) throw refused(`a tensor cannot ${what} ${shown(value)}`)
    this.numbers.push(number)
  }

  tensor(tensor: TensorSpec): void {
    this.object(tensor, 'a tensor')
    this.text(tensor.name, 'name')
    this.word(tensor.kind, KINDS, 'be of kind')
    this.word(tensor.dtype, DTYPES, 'have the dtype')
    for (const field of ['symbol', 'rows', 'width', 'offset', 'start'] as const) this.integer(tensor[field], field)
    this.word(tensor.encoding, ENCODINGS, 'have the encoding')
  }

  operand(operand: OperandSpec): void {
    this.object(operand, 'an operand')
    for (const field of ['tensor', 'column', 'width'] as const) this.integer(operand[field], field)
  }

  instruction(instruction: InstructionSpec): void {
    this.object(instruction, 'an instruction')
    this.text(instruction.op, 'op')
    this.list(instruction.inputs, 'inputs', (operand) => this.operand(operand))
    this.list(instruction.outputs, 'outputs', (operand) => this.operand(operand))
    this.list(instruction.attributes, 'attributes', (value) => {
      if (typeof value !== 'number') throw refused('attributes must be numbers')
      this.numbers.push(value)
    })
  }
}
