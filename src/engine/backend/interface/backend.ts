/** The parts of a program that a backend plays, and the interface of a backend. A program is plain data, which names tensors by index. */
import type { WasmHome } from './wasm-surface.ts'

/** The array type that holds the numbers of a bound tensor. */
export const arrayTypes: {
  readonly [T in DType]: {
    readonly BYTES_PER_ELEMENT: number
    new (length: number): Arrays[T]
    new (memory: ArrayBufferLike, at: number, length: number): Arrays[T]
  }
} = { float32: Float32Array, int32: Int32Array, bfloat16: Uint16Array }

/** The type of a tensor's numbers. 'bfloat16', the upper halves of float32, is for caches of keys and values, which are bound. */
export type DType = 'float32' | 'int32' | 'bfloat16'
/** The arrays that hold these numbers. */
export interface Arrays {
  float32: Float32Array
  int32: Int32Array
  bfloat16: Uint16Array
}
export type TensorArray = Arrays[DType]
/** The types of tensors that programs compute. */
export type PlannedDType = Exclude<DType, 'bfloat16'>

/**
 * The format of a weight's numbers: float32, rounded to the upper half of a float32, integers from −127 to 127 with a scale for each
 * row, or integers from −8 to 7 with a scale for each 32 inputs of a row.
 */
export type NumberFormat = 'float32' | 'bfloat16' | 'int8' | 'int4'

/**
 * How a weight is stored. 'float32' lies in rows, as training needs it; the other encodings are packed (packed.ts). 'float32panels' holds
 * the same numbers as 'float32', in the order in which the native backend multiplies fastest.
 */
export type Encoding = NumberFormat | 'float32panels'

/** A matrix in memory: row r, column c is data[offset + r · stride + c]. A view of columns has a stride above its width. */
export interface Matrix {
  data: TensorArray
  offset: number
  stride: number
  rows: number
  width: number
  /** The values of an encoded weight, in place of `data`. */
  packed?: Packed
}

/** The values of an encoded weight [rows, width]; packed.ts tells their order. */
export type Packed =
  | { encoding: 'float32panels'; values: Float32Array; depth: number }
  | { encoding: 'bfloat16'; values: Uint16Array; depth: number }
  | PackedInt8
  | PackedInt4

export interface PackedInt8 {
  encoding: 'int8'
  values: Int8Array
  scales: Float32Array
  sums: Int32Array
  /**
   * [16]. Where the first is 0, each row of x has a scale of its own, and all sums are exact. Otherwise rows of x are quantized by it, and
   * the product is that of `shiftedProduct` (js/shifted-product.ts), for models that were made so; after it stand the number of equal parts
   * of the outputs, and by what the weights of each part have been multiplied.
   */
  multipliers: Float32Array
  depth: number
  /** In JavaScript, for a weight that does not change: its values in the form of js/fast/pairs.ts. */
  pairs?: () => Float64Array
}

export interface PackedInt4 {
  encoding: 'int4'
  /** The words of packed.ts. */
  values: Int32Array
  /** For each row: by what an integer, times the integer scale of its group, is multiplied. */
  scales: Float32Array
  depth: number
}

/** Rows of int4, in groups of 32 values: integers from −8 to 7 with 8 added, two in a byte, [count, 16 · groups]; scales [count, groups], which float16 holds. */
export interface QuantizedInt4 {
  integers: Uint8Array
  scales: Float32Array
}

/** Rows of int8: integers from −127 to 127 [count, width], and the scale of each row. */
export interface Quantized {
  values: Int8Array
  scales: Float32Array
}

/** Encodes rows of weights: engine/weights/pack.ts does so, and the addon with the same bytes. */
export interface Packing {
  /** Zeros in a SharedArrayBuffer, for all weights of a model. */
  store(floats: number): Float32Array
  /** Encodes `count` rows `values` [count, width] as rows of a packed weight from `first` on. */
  packRows(packed: Packed, first: number, count: number, values: Float32Array): void
  /** Stores rows that are quantized already. */
  packQuantized(packed: PackedInt8, first: number, rows: Quantized): void
  /** Stores `count` rows of int4 that are quantized already. */
  packInt4(packed: PackedInt4, first: number, count: number, rows: QuantizedInt4): void
}

/** Shows files of packed weights in memory that processes share. */
export interface Mapping {
  /**
   * `floats` values from byte `offset` of a file on, a multiple of 2 MiB; null where the system cannot map the file, or where it is shorter. The
   * file must not be shortened while it is mapped; it may be removed.
   */
  map(path: string, offset: number, floats: number): Float32Array | null
  /** 16 hex digits that differ for other values. It reads as fast as memory allows, and is no protection from somebody who forges. */
  checksum(values: Float32Array): string
  /** Gives the memory of values that nobody needs any more back to the system at once; they may be zeros afterwards. */
  forget(values: Float32Array): void
}

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
  /** bound: the elements of the array before the tensor begins, so that gradients of all weights can share one array; 0 elsewhere. */
  start: number
  /** The encoding, which differs from float32 only for some weights. */
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
  /** Booleans are 0 or 1, and words their places among the words of their attribute. */
  attributes: number[]
  names: OperandNames
}

/** The names of an op's operands (a trailing `?` marks an optional one), and of its attributes with the words that each may be. */
export interface OperandNames {
  inputs: readonly string[]
  outputs: readonly string[]
  attributes: Readonly<Record<string, string | readonly string[]>>
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
  /** Floats of weights that caches keep from one play to the next (cached-weights.ts). */
  cachedFloats: number
}

/** Where weights lie: one array, read in place. Offsets are in floats; encoded weights begin at multiples of 16. */
export interface WeightStore {
  readonly values: Float32Array
  place(name: string): { offset: number; rows: number; width: number; encoding: Encoding }
}

/** A program loaded into a backend. */
export interface Playable {
  /**
   * Plays all instructions. `rows` has the value of each symbol, in the order of `symbols`. `arrays` has an array for each binding, at
   * least rows × width long. Both belong to the caller, who fills them anew for the next play. `times`, where given, receives the seconds
   * that each instruction took.
   * @throws GlassformerError ERR_SHAPE where an array, id or span does not fit; nothing has been written then.
   */
  play(rows: Float64Array, arrays: readonly TensorArray[], times?: Float64Array): void
}

/** Plays programs one after the other on one thread of JavaScript; holds the arena that they share. */
export interface Player {
  readonly info: PlayerInfo
  /** Where a player of WebAssembly has its arrays; players of other threads that have the same home read these in place. */
  readonly home?: WasmHome
  /** The packing of the player, where it is faster than engine/weights/pack.ts. */
  readonly packing?: Packing
  /** Where the player can read weights from files that processes share. */
  readonly mapping?: Mapping
  load(program: ProgramSpec, weights: WeightStore): Playable
  /** An array of zeros that can be bound, in memory where kernels read it fastest. */
  array<T extends DType>(dtype: T, length: number): Arrays[T]
  /** Frees the arena and the threads; using the player afterwards is ERR_CLOSED. */
  close(): void
}

/** Which backend plays programs, and how. */
export interface PlayerInfo {
  backend: 'native' | 'wasm' | 'js'
  /** Path of the addon, or of the module of WebAssembly; null in JavaScript. */
  binary: string | null
  /** 'openblas 0.3.21', 'accelerate', or 'none' where our own kernels compute matrix products. */
  blas: string
  /**
   * Instruction set of the kernels: 'scalar', 'avx2', 'avxvnni', 'avx512', 'avx512vnni', 'avx512bf16', 'amx', 'neon', 'neondot'; of
   * WebAssembly 'simd128', 'relaxedsimd'; 'javascript'.
   */
  isa: string
  /** Every instruction set that this machine and this binary have, lowest first. */
  isas: readonly string[]
  /**
   * The most threads that a play runs on. A translator whose option `threads` is 'auto' takes fewer while several of its workers are busy.
   */
  threads: number
  /** How large products of float32 matrices are computed in training: 'bfloat16' rounds their factors. Translating is always 'float32'. */
  products: 'float32' | 'bfloat16'
  /** The reasons why native is not in use; empty where native is in use, or was not asked for. */
  reasons: readonly string[]
  /** Where native is in use: why each addon that was tried before `binary` was passed over. */
  passedOver: readonly string[]
}

/** Which backend plays a model, and how. */
export interface BackendInfo extends PlayerInfo {
  /** The format in which the model's matrices are held; 'auto' where no model is loaded: as its folder stores them. */
  precision: NumberFormat | 'auto'
}
