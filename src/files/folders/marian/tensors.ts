import { GlassformerError } from '../../../base/errors.ts'
import { LARGEST_SETTINGS } from '../../../base/limits.ts'
import { entryOf, lastOf } from '../../../base/present.ts'
import type { OpenFile } from '../../../formats/disk/folder.ts'
import { decodeUtf8 } from '../../../formats/disk/utf8.ts'
import { readMarianBinary } from '../../../formats/marian/marian-binary.ts'
import { countOf, type MarianItem, OPTIONS_ITEM } from '../../../formats/marian/marian-item.ts'
import { readNpz } from '../../../formats/marian/npz.ts'
import type { TensorEntry } from '../../../formats/tensors/safetensors-header.ts'
import { TensorFile, type TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { multipliersOf, scalesOf } from '../tensors/quantized.ts'

/** The inputs of a quantized product are multiplied by this number first. */
const ALPHA = '_QuantMultA'

/** A matrix of integers, [outputs, inputs] (the embedding [vocabulary, width]). */
interface IntegerMatrix {
  item: MarianItem
  bits: 8 | 16
  /** See `MarianStorage`. */
  lane: number | null
  rows: number
  width: number
}

/**
 * The weights of a Marian model under Marian's names, with matrices as [outputs, inputs]; Marian itself multiplies from
 * the right. A matrix of 8-bit integers is I8, beside its row scales, all of them equal, and the multiplier of its
 * inputs, where the model has one; a matrix of 16-bit integers is read as floats.
 */
export class MarianTensors implements TensorSource {
  readonly path: string
  readonly describedBy = OPTIONS_ITEM
  readonly tensors: ReadonlyMap<string, TensorEntry>
  /** The bytes of integers and floats. */
  readonly #file: TensorFile
  readonly #integers = new Map<string, IntegerMatrix>()
  /** Row scales, all of them equal, and multipliers, by the names of their tensors. */
  readonly #numbers = new Map<string, readonly number[]>()
  /** The most recently read matrix, in rows. */
  #rows: { name: string; values: Int8Array | Float32Array } | null = null

  /** Closes the file where it cannot be read. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED */
  constructor(opened: OpenFile) {
    const { path } = opened
    this.path = path
    let items: ReadonlyMap<string, MarianItem> = new Map()
    this.#file = new TensorFile(opened, (file) => {
      items = path.endsWith('.npz') ? readNpz(file) : readMarianBinary(file)
      return new Map([...items].map(([name, item]) => [name, storedEntry(name, item, path)]))
    })
    try {
      this.tensors = this.#entries(items)
    } catch (cause) {
      this.close()
      throw cause
    }
  }

  /** The options of the model, as YAML; null where the file has none. */
  options(): string | null {
    const entry = this.#file.tensors.get(OPTIONS_ITEM)
    if (!entry) return null
    const fail = (what: string) =>
      new GlassformerError('ERR_MODEL_FORMAT', `${this.path}, offset ${entry.offset}: ${OPTIONS_ITEM} ${what}`)
    if (entry.dtype !== 'I8') throw fail('is no text')
    if (entry.bytes > LARGEST_SETTINGS) throw fail(`has ${entry.bytes} bytes, more than settings may have`)
    const bytes = this.#file.readIntegers(OPTIONS_ITEM) as Int8Array
    const end = bytes.indexOf(0)
    const text = decodeUtf8(new Uint8Array(bytes.buffer, 0, end < 0 ? bytes.length : end))
    if (text === null) throw fail('is not UTF-8')
    return text
  }

  #entries(items: ReadonlyMap<string, MarianItem>): Map<string, TensorEntry> {
    const tensors = new Map<string, TensorEntry>()
    for (const [name, item] of items) {
      if (name.startsWith('special:') || name.endsWith(ALPHA)) continue
      const matrix = integerMatrix(name, item)
      if (!matrix) {
        tensors.set(name, entryOf(this.#file.tensors, name))
        continue
      }
      this.#integers.set(name, matrix)
      const { bits, rows, width } = matrix
      const count = rows * width
      const entry = { shape: [rows, width], offset: item.offset }
      if (bits === 16) {
        tensors.set(name, { ...entry, dtype: 'F32', bytes: 4 * count })
        continue
      }
      tensors.set(name, { ...entry, dtype: 'I8', bytes: count })
      const weight = this.#multiplier(name, item, item.offset + count)
      this.#addNumbers(tensors, scalesOf(name), rows, [1 / weight])
      const alpha = items.get(`${name}${ALPHA}`)
      if (alpha) this.#addNumbers(tensors, multipliersOf(name), 2, [this.#alpha(`${name}${ALPHA}`, alpha), weight])
    }
    return tensors
  }

  #addNumbers(tensors: Map<string, TensorEntry>, name: string, count: number, values: readonly number[]): void {
    tensors.set(name, { dtype: 'F32', shape: [count], offset: 0, bytes: 4 * count })
    this.#numbers.set(name, values)
  }

  /** The number by which values were multiplied before rounding. */
  #multiplier(name: string, { offset }: MarianItem, at: number): number {
    const bytes = new Int8Array(4)
    this.#file.readPart(name, at - offset, bytes)
    const value = new DataView(bytes.buffer).getFloat32(0, true)
    if (value > 0 && Number.isFinite(value) && Number.isFinite(Math.fround(127 / value))) return value
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${this.path}, offset ${at}: the multiplier of '${name}' is ${value}; it must be a positive number`,
    )
  }

  /** The multiplier of inputs; it may itself have been quantized with the embedding. */
  #alpha(name: string, item: MarianItem): number {
    const single = countOf(item.shape) === 1
    if (single && item.storage.kind === 'float32') {
      const value = new Float32Array(1)
      this.#file.readFloats(name, value)
      if (value[0] > 0) return value[0]
    }
    if (single && item.storage.kind === 'intgemm8' && item.storage.lane === null) {
      const integer = new Int8Array(1)
      this.#file.readPart(name, 0, integer)
      const value = integer[0] / this.#multiplier(name, item, item.offset + 1)
      if (value > 0) return value
    }
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${this.path}, offset ${item.offset}: '${name}' must be one positive number`,
    )
  }

  readFloats(name: string, into: Float32Array): void {
    const numbers = this.#numbers.get(name)
    if (numbers) into.forEach((_, i) => (into[i] = numbers[i] ?? numbers[0]))
    else if (this.#integers.has(name)) into.set(this.#inRows(name) as Float32Array)
    else this.#file.readFloats(name, into)
  }

  readPart(name: string, first: number, into: Float32Array | Int8Array): void {
    const matrix = this.#integers.get(name)
    if (this.#numbers.has(name)) this.readFloats(name, into as Float32Array)
    else if (!matrix) this.#file.readPart(name, first, into)
    else if (matrix.bits === 8 && matrix.lane === null) this.#file.readPart(name, first, into)
    else into.set(this.#inRows(name).subarray(first, first + into.length))
  }

  readIntegers(name: string): Int8Array | Int32Array | BigInt64Array {
    return this.#integers.has(name) ? (this.#inRows(name) as Int8Array) : this.#file.readIntegers(name)
  }

  close(): void {
    this.#file.close()
  }

  /** All values of a matrix of integers, row by row; 16-bit integers become floats. */
  #inRows(name: string): Int8Array | Float32Array {
    if (this.#rows?.name === name) return this.#rows.values
    const { item, bits, lane, rows, width } = entryOf(this.#integers, name)
    const count = rows * width
    const bytes = new Int8Array((count * bits) / 8)
    this.#file.readPart(name, 0, bytes)
    const stored = bits === 8 ? bytes : new Int16Array(bytes.buffer)
    const scale = bits === 8 ? 1 : 1 / this.#multiplier(name, item, item.offset + bytes.length)
    const values = bits === 8 ? new Int8Array(count) : new Float32Array(count)
    if (lane === null) for (let i = 0; i < count; i++) values[i] = stored[i] * scale
    else
      for (let row = 0, at = 0; row < rows; row += REGISTERS)
        for (let column = 0; column < width; column += lane)
          for (let r = 0; r < REGISTERS; r++)
            for (let k = 0; k < lane; k++) values[(row + r) * width + column + k] = stored[at++] * scale
    this.#rows = { name, values }
    return values
  }
}

/** The number of interleaved rows in a matrix packed for a CPU. */
const REGISTERS = 8

/** The orientation of a matrix in Marian's products: linears are stored as [inputs, outputs]. */
const isOfLinear = (name: string) => /_W[a-z0-9]*$/.test(name) && !/_(Wemb|Wt|Wpos)$/.test(name)

/** The position of an item's bytes and, for floats, the order of the values. */
function storedEntry(name: string, item: MarianItem, path: string): TensorEntry {
  const { storage, shape, offset, bytes, byColumns = false } = item
  if ('lane' in storage) {
    checkLanes(name, item, path)
    return { dtype: 'I8', shape: [bytes], offset, bytes }
  }
  const size = { float32: 4, float16: 2, int8: 1 }[storage.kind]
  const dtype = { float32: 'F32', float16: 'F16', int8: 'I8' }[storage.kind]
  const entry = { dtype, offset, bytes: countOf(shape) * size }
  const turned = shape.length === 2 && isOfLinear(name)
  if (storage.kind === 'int8' || shape.length !== 2 || turned === byColumns)
    return { ...entry, shape: turned ? [...shape].reverse() : shape }
  return turned
    ? { ...entry, shape: [shape[1], shape[0]], strides: [1, shape[1]] }
    : { ...entry, shape, strides: [1, shape[0]] }
}

function checkLanes(name: string, { storage, shape, offset }: MarianItem, path: string): void {
  if (!('lane' in storage)) return
  const [rows, width] = isOfLinear(name) ? [lastOf(shape), countOf(shape.slice(0, -1))] : [shape[0], lastOf(shape)]
  if (storage.lane !== null && (rows % REGISTERS || width % storage.lane))
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${path}, offset ${offset}: '${name}' [${shape.join(', ')}] does not fit registers of ${REGISTERS} x ${storage.lane}`,
    )
}

/** A matrix of integers; null for other items. */
function integerMatrix(name: string, item: MarianItem): IntegerMatrix | null {
  const { storage, shape } = item
  if (!('lane' in storage)) return null
  const turned = isOfLinear(name) ? [...shape].reverse() : shape
  const [rows, width] = turned.length === 2 ? turned : [1, countOf(shape)]
  return { item, bits: storage.kind === 'intgemm8' ? 8 : 16, lane: storage.lane, rows, width }
}
