import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import { checkPath } from '../../base/path-of.ts'
import { readAttached, reading } from '../../base/reading.ts'
import { bfloat16FromFloats } from '../../base/values/bfloat16.ts'
import { isArrayOf } from '../../base/values/value-class.ts'
import { replacingFile } from '../disk/replace-file.ts'
import { type Dtype, elementBytes, isMetadata, isShape } from './safetensors-header.ts'
import { float16FromFloats } from './tensor-file.ts'

/** A tensor to be written: floats as F32, F16 or BF16, and integers in their own type. */
export type TensorToWrite = { name: string; shape: readonly number[] } & (
  | { dtype: 'F32' | 'F16' | 'BF16'; values: Float32Array }
  | { dtype: 'I8'; values: Int8Array }
  | { dtype: 'U8'; values: Uint8Array }
  | { dtype: 'I32'; values: Int32Array }
  | { dtype: 'I64'; values: BigInt64Array }
)

/** The array type of each dtype that can be written. */
const arrayOf = {
  F32: Float32Array,
  F16: Float32Array,
  BF16: Float32Array,
  I8: Int8Array,
  U8: Uint8Array,
  I32: Int32Array,
  I64: BigInt64Array,
}

const CHUNK = 1 << 17 // values

/**
 * Writes a safetensors file; `metadata` goes into its header. Floats are rounded to the nearest value of their dtype,
 * ties to even. A value that is not finite, or that F16 cannot represent, is ERR_MODEL_FORMAT with tensor and index,
 * and the old file stays. Wide dtypes come first, so that every tensor is aligned.
 * @throws GlassformerError ERR_SHAPE where the number of values does not match the shape; ERR_OPTION where the kind of
 * values does not match the dtype, and for names and metadata that are not strings; ERR_MODEL_FORMAT; ERR_FILE
 */
export function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata?: Readonly<Record<string, string>>,
): void {
  for (const _ of writingSafetensors(path, tensors, metadata));
}

/** `writeSafetensors` as a generator of parts; `whole` is as in `replacingFile`. */
export function* writingSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
  whole?: () => void,
): Generator<void> {
  checkPath('the file to be written', path)
  reading(`${path}: what is to be written`, () => checkContents(path, tensors, metadata))
  const inOrder = [...tensors].sort((a, b) => elementBytes[b.dtype] - elementBytes[a.dtype])
  yield* replacingFile(path, partsOf(path, headerOf(path, inOrder, metadata), inOrder), whole)
}

function checkContents(path: string, tensors: readonly TensorToWrite[], metadata: object): void {
  if (!Array.isArray(tensors as unknown))
    throw new GlassformerError('ERR_OPTION', `${path}: a list of tensors was expected, not ${shown(tensors)}`)
  if (!isMetadata(metadata))
    throw new GlassformerError('ERR_OPTION', `metadata must be an object of strings, not ${shown(metadata)}`)
  for (const tensor of tensors) checkTensor(tensor)
}

/** The length of the header, and the header. */
function headerOf(path: string, tensors: readonly TensorToWrite[], metadata: object): Uint8Array[] {
  const header: Record<string, unknown> = Object.create(null)
  header.__metadata__ = metadata
  let offset = 0
  for (const { name, shape, dtype, values } of tensors) {
    if (name in header) throw new GlassformerError('ERR_MODEL_FORMAT', `${path}: two tensors would be named '${name}'`)
    const bytes = values.length * elementBytes[dtype]
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes] }
    offset += bytes
  }
  const json = Buffer.from(JSON.stringify(header))
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ')
  json.copy(padded)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  return [length, padded]
}

function* partsOf(path: string, header: Uint8Array[], tensors: readonly TensorToWrite[]): Generator<Uint8Array> {
  yield* header
  for (const tensor of tensors) yield* bytesOf(tensor, path)
}

function checkTensor(tensor: TensorToWrite): void {
  if (typeof tensor?.name !== 'string')
    throw new GlassformerError('ERR_OPTION', `a tensor must be { name, shape, dtype, values }, not ${shown(tensor)}`)
  const { name, shape, dtype, values } = tensor
  const refuse = (code: 'ERR_OPTION' | 'ERR_SHAPE', what: string) =>
    new GlassformerError(code, `tensor '${name}' ${what}`)
  if (typeof dtype !== 'string' || !Object.hasOwn(arrayOf, dtype))
    throw refuse(
      'ERR_OPTION',
      `has dtype ${shown(dtype)}: what can be written is ${Object.keys(arrayOf).join(', ')}${didYouMean(dtype, Object.keys(arrayOf))}`,
    )
  if (!isArrayOf<TensorToWrite['values']>(arrayOf[dtype], values))
    throw refuse('ERR_OPTION', `needs its values in a ${arrayOf[dtype].name} for ${dtype}`)
  readAttached(values)
  if (!isShape(shape)) throw refuse('ERR_SHAPE', `needs a shape of non-negative integers, not ${shown(shape)}`)
  if (shape.reduce((product, length) => product * length, 1) !== values.length)
    throw refuse('ERR_SHAPE', `[${shape.join(', ')}] has ${values.length} values`)
}

function* bytesOf(tensor: TensorToWrite, path: string): Generator<Uint8Array> {
  const { name, dtype, values } = tensor
  if (!isArrayOf(Float32Array, values)) {
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    return
  }
  for (let done = 0; done < values.length; done += CHUNK) {
    const part = values.subarray(done, done + CHUNK)
    checkRange(part, dtype, (index, what) => {
      throw new GlassformerError(
        'ERR_MODEL_FORMAT',
        `${path}: tensor '${name}' is ${part[index]} at index ${done + index}: ${what}`,
      )
    })
    if (dtype === 'F32') yield new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
    else {
      const halves = new Uint16Array(part.length)
      if (dtype === 'F16') float16FromFloats(part, halves)
      else bfloat16FromFloats(part, halves)
      yield new Uint8Array(halves.buffer)
    }
  }
}

// The smallest magnitudes that would round to infinity.
const limits: Partial<Record<Dtype, number>> = { F16: 65520, BF16: (2 - 2 ** -8) * 2 ** 127 }

function checkRange(values: Float32Array, dtype: Dtype, fail: (index: number, what: string) => never): void {
  const limit = limits[dtype] ?? Infinity
  for (let i = 0; i < values.length; i++)
    if (!(Math.abs(values[i]) < limit))
      fail(i, Number.isFinite(values[i]) ? `${dtype} cannot hold it; store F32` : 'weights must be finite numbers')
}
