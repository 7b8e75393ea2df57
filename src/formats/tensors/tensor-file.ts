import { allocated } from '../../base/allocated.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import { entryOf } from '../../base/present.ts'
import { readAttached, reading } from '../../base/reading.ts'
import { floatsFromBfloat16 } from '../../base/values/bfloat16.ts'
import { isArrayOf } from '../../base/values/value-class.ts'
import type { OpenFile, RandomAccess } from '../disk/folder.ts'
import { elementBytes, type TensorEntry } from './safetensors-header.ts'

/** Named tensors in one file or several, read one by one. */
export interface TensorSource {
  /** The file, or the folder of the files. */
  readonly path: string
  readonly tensors: ReadonlyMap<string, TensorEntry>
  /** The file or folder that describes the model with these weights, for messages; default: config.json. */
  readonly describedBy?: string
  /**
   * Converts an F32, F16 or BF16 tensor into `into`, which must have as many values. NaN and infinity are refused,
   * because weights are finite. @throws GlassformerError ERR_MODEL_FORMAT, also for an unknown tensor; ERR_UNSUPPORTED
   * for another dtype; ERR_SHAPE; ERR_OPTION for another array; ERR_FILE; ERR_CLOSED
   */
  readFloats(name: string, into: Float32Array): void
  /**
   * Reads values [first, first + into.length), in the order of the file, as `readFloats` does. Values of an I8 tensor go into an Int8Array, those of a U8 tensor
   * into a Uint8Array.
   */
  readPart(name: string, first: number, into: Float32Array | Int8Array | Uint8Array): void
  /** The values of an I8, I32 or I64 tensor. @throws GlassformerError as `readFloats` */
  readIntegers(name: string): Int8Array | Int32Array | BigInt64Array
  close(): void
}

const CHUNK = 1 << 18 // bytes: stays in the second-level cache between the read and the conversion

/**
 * One file of tensors. `readEntries` locates them from the file's own header; tensors are then converted straight from
 * the file, a chunk at a time, so that the file is never in memory as a whole.
 */
export class TensorFile implements TensorSource {
  readonly path: string
  /** Size of the file in bytes. */
  readonly size: number
  readonly tensors: ReadonlyMap<string, TensorEntry>
  readonly #file: OpenFile
  #open = true
  /** A buffer for 16-bit values before their conversion. */
  #chunk: Uint8Array<ArrayBuffer> | undefined
  /** The most recently read tensor among those that are not contiguous. */
  #ordered: { name: string; values: Float32Array } | undefined

  /** Closing this object closes the file; it is also closed where `readEntries` throws. */
  constructor(file: OpenFile, readEntries: (file: RandomAccess) => ReadonlyMap<string, TensorEntry>) {
    const { path, size } = file
    this.path = path
    this.size = size
    this.#file = file
    try {
      this.tensors = readEntries(file)
    } catch (cause) {
      this.close()
      throw cause
    }
  }

  readFloats(name: string, into: Float32Array): void {
    const { shape } = this.#entry(name)
    checkPlace(name, into)
    const count = shape.reduce((product, length) => product * length, 1)
    if (into.length !== count)
      throw new GlassformerError(
        'ERR_SHAPE',
        `tensor '${name}' has ${count} values [${shape.join(', ')}], its place ${into.length}`,
      )
    this.readPart(name, 0, into)
  }

  readPart(name: string, first: number, into: Float32Array | Int8Array | Uint8Array): void {
    const entry = this.#entry(name)
    const { dtype, shape, bytes, strides } = entry
    checkPlace(name, into)
    const bytesOf = isArrayOf<Int8Array>(Int8Array, into) ? 'I8' : isArrayOf<Uint8Array>(Uint8Array, into) ? 'U8' : null
    if (bytesOf ? dtype !== bytesOf : dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16')
      throw this.#wrongDtype(name, dtype, bytesOf ?? 'F32, F16 or BF16')
    const size = elementBytes[dtype]
    if (!(Number.isSafeInteger(first) && first >= 0 && (first + into.length) * size <= bytes))
      throw new GlassformerError(
        'ERR_SHAPE',
        `tensor '${name}' [${shape.join(', ')}] has no ${into.length} values from index ${shown(first)} on`,
      )
    if (!isArrayOf<Float32Array>(Float32Array, into)) this.#file.read(into, entry.offset + first)
    else if (strides) into.set(this.#inOrder(name, strides).subarray(first, first + into.length))
    else this.#readStored(name, entry, first, into)
  }

  /** Values in the order of the file, from the first one of the tensor on. */
  #readStored(name: string, { dtype, offset }: TensorEntry, first: number, into: Float32Array): void {
    const start = offset + first * elementBytes[dtype]
    if (dtype !== 'F32') return this.#readHalves(name, dtype, start, first, into)
    this.#file.read(into, start)
    if (!allFinite(into)) throw this.#notFinite(name, into, first)
  }

  /** All values of a tensor in its own order: its memory is read as a whole. */
  #inOrder(name: string, strides: readonly number[]): Float32Array {
    if (this.#ordered?.name === name) return this.#ordered.values
    const entry = this.#entry(name)
    const { shape, dtype } = entry
    const count = entry.bytes / elementBytes[dtype]
    const values = allocated(4 * count, () => new Float32Array(count))
    if (count > 0) {
      const reach = shape.reduce((last, length, axis) => last + (length - 1) * strides[axis], 0) + 1
      const stored = allocated(4 * reach, () => new Float32Array(reach))
      this.#readStored(name, entry, 0, stored)
      const at = shape.map(() => 0)
      for (let i = 0, from = 0; i < count; i++) {
        values[i] = stored[from]
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          from += strides[axis]
          if (++at[axis] < shape[axis]) break
          from -= shape[axis] * strides[axis]
          at[axis] = 0
        }
      }
    }
    this.#ordered = { name, values }
    return values
  }

  #readHalves(name: string, dtype: string, start: number, first: number, into: Float32Array): void {
    const convert = dtype === 'F16' ? floatsFromFloat16 : floatsFromBfloat16
    this.#chunk ??= new Uint8Array(CHUNK)
    const chunk = this.#chunk
    for (let done = 0; done < 2 * into.length; done += CHUNK) {
      const part = chunk.subarray(0, Math.min(CHUNK, 2 * into.length - done))
      this.#file.read(part, start + done)
      const values = into.subarray(done / 2, (done + part.length) / 2)
      if (!convert(new Uint16Array(part.buffer, 0, part.length / 2), values))
        throw this.#notFinite(name, values, first + done / 2)
    }
  }

  readIntegers(name: string): Int8Array | Int32Array | BigInt64Array {
    const { dtype, offset, bytes } = this.#entry(name)
    if (dtype !== 'I8' && dtype !== 'I32' && dtype !== 'I64') throw this.#wrongDtype(name, dtype, 'I8, I32 or I64')
    const data = allocated(bytes, () => new Uint8Array(bytes))
    this.#file.read(data, offset)
    if (dtype === 'I8') return new Int8Array(data.buffer)
    return dtype === 'I32' ? new Int32Array(data.buffer) : new BigInt64Array(data.buffer)
  }

  close(): void {
    if (this.#open) this.#file.close()
    this.#open = false
  }

  #entry(name: string): TensorEntry {
    if (!this.#open) throw new GlassformerError('ERR_CLOSED', `${this.path} was closed; open it again`)
    const entry = this.tensors.get(name)
    if (!entry) throw new GlassformerError('ERR_MODEL_FORMAT', `${this.path}: there is no tensor ${shown(name)}`)
    return entry
  }

  #wrongDtype(name: string, dtype: string, readable: string): GlassformerError {
    return new GlassformerError(
      'ERR_UNSUPPORTED',
      `${this.path}: tensor '${name}' is ${dtype}; ${readable} can be read here: convert it`,
    )
  }

  #notFinite(name: string, values: Float32Array, first: number): GlassformerError {
    const index = values.findIndex((value) => !Number.isFinite(value))
    return new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${this.path}: tensor '${name}' is ${values[index]} at index ${first + index}: weights must be finite numbers (the tensor is at offset ${entryOf(this.tensors, name).offset})`,
    )
  }
}

/** A block of values that V8's built-in search scans faster than a loop, which runs uncompiled here. */
const FEW = 1 << 14

function allFinite(values: Float32Array): boolean {
  if (values.length < FEW) return ![Number.NaN, Infinity, -Infinity].some((special) => values.includes(special))
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
  let special = 0
  for (let i = 0; i < bits.length; i++) special |= (bits[i] & 0x7f800000) + 0x00800000 // all ones carry into the sign
  return special >= 0
}

const isNumbers = (into: unknown): into is Float32Array | Int8Array | Uint8Array =>
  isArrayOf<Float32Array>(Float32Array, into) ||
  isArrayOf<Int8Array>(Int8Array, into) ||
  isArrayOf<Uint8Array>(Uint8Array, into)

function checkPlace(name: string, into: unknown): void {
  reading('the array', () => {
    if (!isNumbers(into))
      throw new GlassformerError(
        'ERR_OPTION',
        `tensor '${name}' is read into a Float32Array, integers into an Int8Array or Uint8Array`,
      )
    readAttached(into)
  })
}

// IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 bits of fraction; 65504 is the largest finite value.

/** Converts halves; returns whether all of them are finite. */
export function floatsFromFloat16(halves: Uint16Array, into: Float32Array): boolean {
  const bits = new Int32Array(into.buffer, into.byteOffset, into.length)
  let special = 0
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]
    // A float32 with the half's exponent and fraction is 2^112 times too small; the product is exact, for subnormals too.
    bits[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13)
    into[i] *= 2 ** 112
    special |= (half & 0x7c00) + 0x400 // rounding carries an exponent of all ones into bit 15
  }
  if ((special & 0x8000) === 0) return true
  for (let i = 0; i < halves.length; i++)
    if ((halves[i] & 0x7c00) === 0x7c00)
      bits[i] = ((halves[i] & 0x8000) << 16) | 0x7f800000 | ((halves[i] & 0x3ff) << 13)
  return false
}

/** Rounds floats to the nearest half, ties to even; a value that rounds past 65504 becomes infinity. */
export function float16FromFloats(values: Float32Array, into: Uint16Array): void {
  const all = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < all.length; i++) into[i] = roundToHalf(all[i])
}

function roundToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00 // NaN stays NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00 // 65520 and above: past halfway to 65536
  if (magnitude >= 0x38800000) {
    // Normal: rebase the exponent from 127 to 15, then round away 13 bits. A carry out of the fraction is correct.
    const moved = magnitude - (112 << 23)
    return sign | ((moved + 0xfff + ((moved >> 13) & 1)) >> 13)
  }
  if (magnitude <= 0x33000000) return sign // 2^-25 and below: nearer to zero than to 2^-24, or a tie that goes to even
  // Subnormal: units of 2^-24.
  const fraction = (magnitude & 0x7fffff) | 0x800000
  const shift = 126 - (magnitude >> 23)
  const kept = fraction >> shift
  const rest = fraction & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return sign | (rest > half || (rest === half && kept & 1) ? kept + 1 : kept)
}
