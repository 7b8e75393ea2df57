/** What a program is made of when a backend plays it, and what a backend is. Plain data: it names tensors by index. */

/** Numbers of a tensor. 'bf16', the upper halves of float32, is for caches of keys and values, which are bound. */
export type DType = 'f32' | 'i32' | 'bf16'
/** What holds them. */
export interface Arrays {
  f32: Float32Array
  i32: Int32Array
  bf16: Uint16Array
}
export type TensorArray = Arrays[DType]
/** Those of what programs compute. */
export type PlannedDType = Exclude<DType, 'bf16'>

/** What numbers a weight is held in: as they are, rounded to the upper half of a float32, or integers from −127 to 127 with a scale for each row. */
export type NumberFormat = 'float32' | 'bfloat16' | 'int8'

/**
 * How a weight is stored. 'float32' lies in rows, as training wants it; the others are packed, see packed.ts. 'float32panels' holds the
 * same numbers, in the order in which the native backend multiplies fastest.
 */
export type Encoding = NumberFormat | 'float32panels'

/** A matrix in memory: row r, column c is data[offset + r · stride + c]. A view of columns has a stride above its width. */
export interface Matrix {
  data: TensorArray
  offset: number
  stride: number
  rows: number
  width: number
  /** Where the values of an encoded weight are instead. */
  packed?: Packed
}

/** The values of an encoded weight [rows, width]; packed.ts tells their order. */
export type Packed =
  | { encoding: 'float32panels'; values: Float32Array; depth: number }
  | { encoding: 'bfloat16'; values: Uint16Array; depth: number }
  | PackedInt8

export interface PackedInt8 {
  encoding: 'int8'
  values: Int8Array
  scales: Float32Array
  sums: Int32Array
  depth: number
  /** In JavaScript, of a weight that stays as it is: its values in the form of js/pairs.ts. */
  pairs?: () => Float64Array
}

/** Rows of int8: integers from −127 to 127 [count, width], and the scale of each row. */
export interface Quantized {
  values: Int8Array
  scales: Float32Array
}

/** What encodes rows of weights: weights/pack.ts, and the addon to the same bytes. */
export interface Packing {
  /** Zeros in a SharedArrayBuffer, for all weights of a model. */
  store(floats: number): Float32Array
  /** Encodes `count` rows `values` [count, width] as rows of a packed weight from `first` on. */
  packRows(packed: Packed, first: number, count: number, values: Float32Array): void
  /** Stores rows that are quantized already. */
  packQuantized(packed: PackedInt8, first: number, rows: Quantized): void
}

/** The JavaScript kernel of an op: inputs may be absent (null) where the op says so; outputs are written whole. */
export type Kernel = (
  inputs: readonly (Matrix | null)[],
  outputs: readonly Matrix[],
  attributes: readonly number[],
) => void

/** Looks at ids, spans and offsets before anything is played; throws ERR_SHAPE. */
export type Check = Kernel

/** A tensor of a program. Its rows are a symbol bound at play, or (symbol −1) a constant. */
export interface TensorSpec {
  name: string
  /** weight: in the model's store; bound: an array handed in at each play; planned: in the arena. */
  kind: 'weight' | 'bound' | 'planned'
  dtype: DType
  symbol: number
  rows: number
  width: number
  /**
   * weight: floats into the store; bound: index of the binding; planned: floats into the region of its symbol, to be
   * multiplied by the symbol's value (for constant rows: floats into the constant region, as it is).
   */
  offset: number
  /** bound: elements of the array before the tensor begins; gradients of all weights share one array so. 0 elsewhere. */
  start: number
  /** Other than float32 for some weights only. */
  encoding: Encoding
}

/** Columns [column, column + width) of a tensor; tensor −1 is an optional operand left out. */
export interface OperandSpec {
  tensor: number
  column: number
  width: number
}

export interface InstructionSpec {
  op: string
  inputs: OperandSpec[]
  outputs: OperandSpec[]
  attributes: number[]
}

export interface BindingSpec {
  name: string
  /** The program writes to it (an output, or a state such as a cache). */
  written: boolean
}

export interface ProgramSpec {
  name: string
  symbols: string[]
  /** Floats per row that each symbol's region of the arena holds; the last entry is the size of the constant region. */
  regions: number[]
  tensors: TensorSpec[]
  bindings: BindingSpec[]
  instructions: InstructionSpec[]
}

/** Where weights lie: one array, read in place. Offsets are in floats; encoded weights begin at multiples of 16. */
export interface WeightStore {
  readonly values: Float32Array
  place(name: string): { offset: number; rows: number; width: number; encoding: Encoding }
}

/** A program loaded into a backend. */
export interface Playable {
  /**
   * Plays all instructions. `rows`: the value of each symbol, in the order of `symbols`; `arrays`: one for each binding,
   * at least rows × width long; both are the caller's, who fills them anew for the next play. `times`, where given, receives
   * the seconds that each instruction took.
   * @throws GlassformerError ERR_SHAPE where an array, id or span does not fit; nothing has been written then.
   */
  play(rows: Float64Array, arrays: readonly TensorArray[], times?: Float64Array): void
}

/** Plays programs one after the other on one thread of JavaScript; holds the arena that they share. */
export interface Player {
  readonly info: PlayerInfo
  /** Where it encodes weights faster than weights/pack.ts. */
  readonly packing?: Packing
  load(program: ProgramSpec, weights: WeightStore): Playable
  /** Zeros, to be bound: where kernels read them fastest. */
  array<T extends DType>(dtype: T, length: number): Arrays[T]
  /** Frees the arena and the threads; using it afterwards is ERR_CLOSED. */
  close(): void
}

/** What plays programs, and how. */
export interface PlayerInfo {
  backend: 'native' | 'js'
  /** Path of the addon; null in JavaScript. */
  binary: string | null
  /** 'openblas 0.3.21', 'accelerate', or 'none': matrix products by our own kernels. */
  blas: string
  /** Instruction set of the kernels: 'scalar', 'avx2', 'avxvnni', 'avx512', 'avx512vnni', 'avx512bf16', 'amx'; 'javascript'. */
  isa: string
  /** Every instruction set that this machine and this binary have, lowest first. */
  isas: readonly string[]
  /** The most that a play runs on. A translator whose option `threads` is 'auto' takes fewer while others of its workers are busy. */
  threads: number
  /** How large products of float32 matrices are computed in training: 'bfloat16' rounds their factors. Translating is always 'float32'. */
  products: 'float32' | 'bfloat16'
  /** Why native is not in use; empty where it is, or was not asked for. */
  reasons: readonly string[]
}

/** What plays a model, and how. */
export interface BackendInfo extends PlayerInfo {
  /** How the model's matrices are held. 'auto', where none is loaded: as its folder stores them. */
  precision: NumberFormat | 'auto'
}
