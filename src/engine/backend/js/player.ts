import { allocated } from '../../../base/allocated.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import {
  type Arrays,
  arrayTypes,
  type DType,
  type InstructionSpec,
  type Matrix,
  type OperandSpec,
  type PlannedDType,
  type Playable,
  type Player,
  type PlayerInfo,
  type ProgramSpec,
  type TensorArray,
  type TensorSpec,
  type WeightStore,
} from '../interface/backend.ts'
import { storedSize } from '../interface/packed.ts'
import { PackedWeights } from './fast/pairs.ts'
import { fastProducts } from './fast/products.ts'
import { kernels } from './kernels.ts'
import type { JsOp } from './operands/kernel.ts'
import type { Operands } from './operands/operands.ts'
import type { Products } from './products/products.ts'

/** Plays programs with the JavaScript kernels: the executable specification of every backend. */
export class JsPlayer implements Player {
  readonly info: PlayerInfo
  /** The arena, shared by the programs of this player; float32 and int32 views of the same bytes. */
  #floats = new Float32Array(0)
  #integers = new Int32Array(0)
  readonly #packed = new PackedWeights()
  readonly #products: Products
  #closed = false

  /** `products`: other than the fast ones in tests. */
  constructor(reasons: readonly string[] = [], products: Products = fastProducts) {
    this.#products = products
    this.info = {
      backend: 'js',
      binary: null,
      blas: 'none',
      isa: 'javascript',
      isas: ['javascript'],
      threads: 1,
      products: 'float32',
      reasons,
      passedOver: [],
    }
  }

  load(program: ProgramSpec, weights: WeightStore): Playable {
    return new JsProgram(program, { values: weights.values, packed: this.#packed }, this.#products, (floats) =>
      this.#arena(floats),
    )
  }

  array<T extends DType>(dtype: T, length: number): Arrays[T] {
    const Numbers: new (length: number) => Arrays[T] = arrayTypes[dtype]
    return allocated(length * arrayTypes[dtype].BYTES_PER_ELEMENT, () => new Numbers(length))
  }

  close(): void {
    this.#closed = true
    this.#floats = new Float32Array(0)
    this.#integers = new Int32Array(0)
  }

  #arena(floats: number): { float32: Float32Array; int32: Int32Array } {
    if (this.#closed) throw new GlassformerError('ERR_CLOSED', 'the player has been closed')
    if (this.#floats.length < floats) {
      const bytes = 4 * Math.ceil(floats * 1.25)
      const buffer = allocated(bytes, () => new ArrayBuffer(bytes))
      this.#floats = new Float32Array(buffer)
      this.#integers = new Int32Array(buffer)
    }
    return { float32: this.#floats, int32: this.#integers }
  }
}

interface Instruction {
  kernel(call: object): void
  check?(call: object): void
  /** Operands and attributes by name. */
  call: object
  /** The tensors of the operands; null where an optional input is left out. */
  operands: ((OperandSpec & { matrix: Matrix }) | null)[]
}

class JsProgram implements Playable {
  readonly #program: ProgramSpec
  readonly #arena: (floats: number) => { float32: Float32Array; int32: Int32Array }
  readonly #instructions: Instruction[]
  /** Where the regions begin in the arena, for the present numbers of rows. */
  readonly #starts: number[] = []

  constructor(
    program: ProgramSpec,
    weights: { values: Float32Array; packed: PackedWeights },
    products: Products,
    arena: (floats: number) => { float32: Float32Array; int32: Int32Array },
  ) {
    this.#program = program
    this.#arena = arena
    const matrixOf = (tensor: TensorSpec): Matrix => ({
      data: tensor.kind === 'weight' ? viewOf(weights.values, tensor) : NOTHING,
      offset: 0,
      stride: 0,
      rows: 0,
      width: 0,
      packed: weights.packed.of(weights.values, tensor),
    })
    this.#instructions = program.instructions.map((instruction) => {
      const operands = [...instruction.inputs, ...instruction.outputs].map((operand) =>
        operand.tensor < 0 ? null : { ...operand, matrix: matrixOf(program.tensors[operand.tensor]) },
      )
      const matrices = operands.map((operand) => operand?.matrix ?? null)
      const { kernel, check } = kernelOf(program.name, instruction.op) as Pick<Instruction, 'kernel' | 'check'>
      return { kernel, check, call: { ...namedOperands(instruction, matrices), products }, operands }
    })
  }

  play(rows: Float64Array, arrays: readonly TensorArray[], times?: Float64Array): void {
    checkRows(this.#program, rows)
    checkArrays(this.#program, rows, arrays)
    this.#bind(rows, arrays)
    for (const { check, call } of this.#instructions) check?.(call)
    for (let i = 0; i < this.#instructions.length; i++) {
      const { kernel, call } = this.#instructions[i]
      const start = times ? performance.now() : 0
      kernel(call)
      if (times) times[i] = (performance.now() - start) / 1000
    }
  }

  /** Points every operand at its memory for these row counts. */
  #bind(rows: Float64Array, arrays: readonly TensorArray[]): void {
    const { regions, tensors } = this.#program
    const starts = this.#starts
    let size = 0
    for (let i = 0; i < regions.length; i++) {
      starts[i] = size
      size += regions[i] * (i < rows.length ? rows[i] : 1)
    }
    const arena = this.#arena(size)
    for (const { operands } of this.#instructions)
      for (const operand of operands) {
        if (!operand) continue
        const tensor = tensors[operand.tensor]
        const { matrix } = operand
        matrix.rows = rowsOf(tensor, rows)
        matrix.stride = tensor.width
        matrix.width = operand.width
        if (tensor.kind === 'bound') matrix.data = arrays[tensor.offset]
        else if (tensor.kind === 'planned') matrix.data = arena[tensor.dtype as PlannedDType]
        matrix.offset = operand.column
        if (tensor.kind === 'bound') matrix.offset += tensor.start
        else if (tensor.kind === 'planned')
          matrix.offset +=
            tensor.symbol < 0
              ? starts[regions.length - 1] + tensor.offset
              : starts[tensor.symbol] + tensor.offset * rows[tensor.symbol]
      }
  }
}

function kernelOf(program: string, op: string): JsOp<keyof Operands> {
  if (Object.hasOwn(kernels, op)) return kernels[op as keyof Operands] as JsOp<keyof Operands>
  throw new GlassformerError('ERR_SHAPE', `${program}: there is no JavaScript kernel for op ${op}`)
}

/** Matrices and attributes by the names that the op's row gives them. */
function namedOperands({ names, attributes }: InstructionSpec, matrices: readonly (Matrix | null)[]): object {
  const operands = [...names.inputs, ...names.outputs].map((declared, i) => [
    declared.replace('?', ''),
    matrices[i] ?? null,
  ])
  const rules = Object.entries(names.attributes).map(([name, rule], i) => [name, attributeOf(rule, attributes[i])])
  return Object.fromEntries([...operands, ...rules])
}

function attributeOf(rule: string | readonly string[], value: number): string | number | boolean {
  if (typeof rule !== 'string') return rule[value]
  return rule === 'boolean' ? value !== 0 : value
}

const NOTHING = new Float32Array(0)

/** A view of a weight from its beginning on, because kernels have indices of 32 bits, and a store may be larger. */
const viewOf = (store: Float32Array, { offset, encoding, rows, width }: TensorSpec): Float32Array =>
  store.subarray(offset, offset + storedSize(encoding, rows, width))

const rowsOf = ({ symbol, rows }: TensorSpec, bound: Float64Array) => (symbol < 0 ? rows : bound[symbol])

function checkRows({ name, symbols }: ProgramSpec, rows: Float64Array): void {
  if (rows.length !== symbols.length)
    throw new GlassformerError(
      'ERR_SHAPE',
      `${name}: rows are given for ${rows.length} symbols, it has ${symbols.join(', ')}`,
    )
  rows.forEach((value, i) => {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new GlassformerError('ERR_SHAPE', `${name}: ${symbols[i]} cannot be ${value}`)
  })
}

function checkArrays(
  { name, bindings, tensors }: ProgramSpec,
  rows: Float64Array,
  arrays: readonly TensorArray[],
): void {
  if (arrays.length !== bindings.length)
    throw new GlassformerError('ERR_SHAPE', `${name}: ${arrays.length} arrays are given, ${bindings.length} are bound`)
  for (const tensor of tensors) {
    if (tensor.kind !== 'bound') continue
    const array = arrays[tensor.offset]
    const needed = tensor.start + rowsOf(tensor, rows) * tensor.width
    const Numbers = arrayTypes[tensor.dtype]
    if (!isArrayOf<TensorArray>(Numbers, array))
      throw new GlassformerError(
        'ERR_SHAPE',
        `${name}: ${tensor.name} must be ${tensor.dtype === 'int32' ? 'an' : 'a'} ${Numbers.name}`,
      )
    if (array.length < needed)
      throw new GlassformerError(
        'ERR_SHAPE',
        `${name}: ${tensor.name} has ${array.length} values, ${needed} are needed`,
      )
  }
}
