import { GlassformerError, shown } from '../../base/errors.ts'
import { isArrayOf } from '../../base/values/value-class.ts'

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
}

/** The types of numbers in a tensor, with the names of transformers.js. */
export type TensorType = keyof typeof arrays
/** The typed array of a tensor. */
export type TensorData = InstanceType<(typeof arrays)[TensorType]>

/** Selection along a dimension: one index, [from, to) with null for an open end, or null for all of it. */
export type Slice = number | readonly [from: number | null, to: number | null] | null

/**
 * Values in row-major order, as in transformers.js: `tensor[0]` is the first slice along the first dimension, and
 * iteration runs over that dimension.
 */
export class Tensor {
  readonly type: TensorType
  readonly data: TensorData
  readonly dims: readonly number[]
  /** Values always lie in CPU memory. */
  readonly location = 'cpu'
  readonly [index: number]: Tensor

  /**
   * `dims` is one dimension by default.
   * @throws GlassformerError ERR_OPTION for another type, ERR_SHAPE if the number of values does not match the
   * dimensions
   */
  constructor(type: TensorType, data: TensorData | readonly (number | bigint | boolean)[], dims?: readonly number[]) {
    if (!Object.hasOwn(arrays, type))
      throw new GlassformerError(
        'ERR_OPTION',
        `the type of a Tensor must be one of ${Object.keys(arrays).join(', ')}, not ${shown(type)}`,
      )
    this.type = type
    this.data = dataOf(type, data)
    this.dims = [...(dims ?? [this.data.length])]
    const isDimension = (length: unknown) => Number.isSafeInteger(length) && (length as number) >= 0
    if (!this.dims.every(isDimension) || product(this.dims) !== this.data.length)
      throw new GlassformerError(
        'ERR_SHAPE',
        `a Tensor of ${this.data.length} values cannot be [${this.dims.join(', ')}]`,
      )
    // biome-ignore lint/correctness/noConstructorReturn: indices are read through a proxy.
    return new Proxy(this, {
      get: (tensor, key) =>
        typeof key === 'string' && /^-?\d+$/.test(key) ? partOf(tensor, Number(key)) : Reflect.get(tensor, key, tensor),
    })
  }

  get size(): number {
    return this.data.length
  }

  /** The values as nested lists; int64 values are bigints. */
  // biome-ignore lint/suspicious/noExplicitAny: how deep the lists are depends on the dimensions.
  tolist(): any[] {
    const [length, ...inner] = this.dims
    if (!inner.length) return [...this.data]
    return Array.from({ length }, (_, i) => partOf(this, i).tolist())
  }

  /**
   * The value of a tensor with one element.
   * @throws GlassformerError ERR_SHAPE
   */
  item(): number | bigint {
    if (this.data.length === 1) return this.data[0]
    throw new GlassformerError('ERR_SHAPE', `item takes the one value of a Tensor, and this has ${this.data.length}`)
  }

  *[Symbol.iterator](): Generator<Tensor | number | bigint, void, undefined> {
    if (this.dims.length < 2) yield* this.data
    else for (let i = 0; i < this.dims[0]; i++) yield partOf(this, i)
  }

  /**
   * A copy of a part of the tensor: each slice selects from one dimension. A dimension with a single index is removed.
   * @throws GlassformerError ERR_OPTION
   */
  slice(...slices: Slice[]): Tensor {
    const ranges = this.dims.map((length, axis) => rangeOf(slices[axis] ?? null, length))
    const kept = ranges.map(({ indices }) => indices)
    const data = dataOf(
      this.type,
      Array.from(
        { length: product(kept.map(({ length }) => length)) },
        (_, i) => this.data[placeOf(i, kept, this.dims)],
      ),
    )
    return new Tensor(
      this.type,
      data,
      this.dims.flatMap((_, axis) => (ranges[axis].isOne ? [] : [kept[axis].length])),
    )
  }

  clone(): Tensor {
    return new Tensor(this.type, this.data.slice(), this.dims)
  }

  /** Does nothing; kept for compatibility. */
  dispose(): void {}
}

/** The sub-tensor at an index of the first dimension, as a view of the same values. */
function partOf({ type, data, dims }: Tensor, index: number): Tensor {
  const [length, ...inner] = dims
  const at = placed(index, length)
  const size = product(inner)
  return new Tensor(type, data.subarray(at * size, (at + 1) * size), inner)
}

const product = (lengths: readonly number[]) => lengths.reduce((all, length) => all * length, 1)

function dataOf(type: TensorType, data: unknown): TensorData {
  const Kind = arrays[type]
  if (isArrayOf(Kind as Float32ArrayConstructor, data)) return data as TensorData
  if (!Array.isArray(data) && !ArrayBuffer.isView(data))
    throw new GlassformerError(
      'ERR_OPTION',
      `the values of a Tensor must be a list or ${Kind.name}, not ${shown(data)}`,
    )
  const values = data as unknown as ArrayLike<number>
  if (Kind === BigInt64Array || Kind === BigUint64Array) return Kind.from(Array.from(values, (value) => BigInt(value)))
  return (Kind as Float32ArrayConstructor).from(values, Number)
}

/** A non-negative index; a negative one counts from the end. */
function placed(index: number, length: number): number {
  const at = index < 0 ? index + length : index
  if (Number.isInteger(at) && at >= 0 && at < length) return at
  throw new GlassformerError('ERR_OPTION', `index ${index} is outside a dimension of ${length}`)
}

function rangeOf(slice: Slice, length: number): { indices: number[]; isOne: boolean } {
  if (typeof slice === 'number') return { indices: [placed(slice, length)], isOne: true }
  if (slice !== null && (!Array.isArray(slice) || slice.length !== 2))
    throw new GlassformerError('ERR_OPTION', `a slice is an index, [from, to] or null, not ${shown(slice)}`)
  const [from, to] = slice ?? [null, null]
  const within = (index: number) => Math.min(length, Math.max(0, index < 0 ? index + length : index))
  const [begin, end] = [from === null ? 0 : within(from), to === null ? length : within(to)]
  if (begin > end) throw new GlassformerError('ERR_OPTION', `a slice [${from}, ${to}] begins past its end`)
  return { indices: Array.from({ length: end - begin }, (_, i) => begin + i), isOne: false }
}

/** The offset in the tensor's values of element `i` of a selection, which keeps `kept` of each dimension. */
function placeOf(i: number, kept: readonly number[][], dims: readonly number[]): number {
  let [place, stride, rest] = [0, 1, i]
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    place += stride * kept[axis][rest % kept[axis].length]
    rest = Math.floor(rest / kept[axis].length)
    stride *= dims[axis]
  }
  return place
}

/** Ids in rows of one length, padded at the end. */
export function idTensor(rows: readonly (readonly number[])[], padding: number): Tensor {
  const length = Math.max(0, ...rows.map((row) => row.length))
  const data = new BigInt64Array(rows.length * length).fill(BigInt(padding))
  for (const [r, row] of rows.entries()) data.set(row.map(BigInt), r * length)
  return new Tensor('int64', data, [rows.length, length])
}

/** Rows of ids in the forms that callers may pass. */
export type IdRows =
  | Tensor
  | readonly (readonly (number | bigint)[])[]
  | readonly (number | bigint)[]
  | readonly Tensor[]

/**
 * The rows as numbers; a single row becomes a list with one row.
 * @throws GlassformerError ERR_INPUT
 */
export function rowsOf(ids: IdRows): number[][] {
  const list: readonly unknown[] = ids instanceof Tensor ? ids.tolist() : ids
  if (!Array.isArray(list)) throw new GlassformerError('ERR_INPUT', `ids are a Tensor or lists, not ${shown(ids)}`)
  const rows = list.map((row) => (row instanceof Tensor ? row.tolist() : row))
  const isSingle = rows.length > 0 && !Array.isArray(rows[0])
  return ((isSingle ? [rows] : rows) as (number | bigint)[][]).map((row) => row.map(Number))
}
