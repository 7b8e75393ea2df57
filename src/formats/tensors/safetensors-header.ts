import { utf8Length } from '../../base/bytes.ts'
import { GlassformerError } from '../../base/errors.ts'
import { LARGEST_HEADER } from '../../base/limits.ts'
import { decodeUtf8, firstBadByte } from '../disk/utf8.ts'
import { isJsonObject, type JsonObject, parseJson } from '../json/json-text.ts'

/** The name of the single file with a folder's weights. */
export const SINGLE_FILE = 'model.safetensors'
/** The name of the index of several files, which lists the file of each tensor. */
export const INDEX_FILE = 'model.safetensors.index.json'
/** The same two names for PyTorch's files. */
export const PYTORCH_FILE = 'pytorch_model.bin'
export const PYTORCH_INDEX_FILE = 'pytorch_model.bin.index.json'

/** The files that hold a folder's weights or index them, in the order in which they are looked for. */
export const weightFiles: readonly string[] = [SINGLE_FILE, INDEX_FILE, PYTORCH_FILE, PYTORCH_INDEX_FILE]

/** The element types this package reads and writes. */
export type Dtype = 'F32' | 'F16' | 'BF16' | 'I8' | 'U8' | 'I32' | 'I64'

/**
 * One tensor of a safetensors file. `offset` and `bytes` are the position and size of its data; `offset` counts from
 * the start of the file.
 */
export interface TensorEntry {
  /** One of `Dtype`, or another type of the format that this package does not read. */
  dtype: string
  shape: readonly number[]
  offset: number
  bytes: number
  /** The strides along each axis, in values, for a tensor that is not contiguous. */
  strides?: readonly number[]
}

/** The header of a safetensors file. */
export interface SafetensorsHeader {
  tensors: Map<string, TensorEntry>
  metadata: Readonly<Record<string, string>>
}

/** The bytes of one element, for every type of the format whose elements are whole bytes. */
export const elementBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
  C64: 8,
}

/**
 * The length of the header, read from the first eight bytes of a file of `size` bytes. ERR_MODEL_FORMAT where the file cannot hold such a
 * header.
 */
export function headerLength(first: Uint8Array, size: number, path: string): number {
  if (size < 8) throw damaged(path, size, `the file ends within the 8 bytes of the header's length; fetch it again`)
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true)
  if (length > LARGEST_HEADER)
    throw damaged(
      path,
      0,
      `a header of ${length} bytes, more than the format's ${LARGEST_HEADER}: this is not a safetensors file`,
    )
  if (8n + length > size)
    throw damaged(
      path,
      size,
      `the header has ${length} bytes and the file only ${size - 8} after its length; fetch it again`,
    )
  if (length < 2n) throw damaged(path, 0, `a header of ${length} bytes cannot be JSON: this is not a safetensors file`)
  return Number(length)
}

/**
 * Reads and checks a header; `size` is the size of the whole file, which the tensors must fill without overlaps or
 * gaps.
 */
export function parseHeader(header: Uint8Array, size: number, path: string): SafetensorsHeader {
  const text = decodeUtf8(header)
  if (text === null) throw damaged(path, 8 + firstBadByte(header), 'the header is not UTF-8')
  if (text[0] !== '{') throw damaged(path, 8, `the header must begin with '{'`)
  const json = parseJson(text, (what, position) => {
    throw damaged(path, 8 + utf8Length(text.slice(0, position)), `the header is not valid JSON: ${what}`)
  }) as JsonObject
  const start = 8 + header.length
  const tensors = new Map<string, TensorEntry>()
  let metadata: Record<string, string> = {}
  for (const [name, value] of Object.entries(json))
    if (name === '__metadata__') metadata = checkMetadata(value, path)
    else tensors.set(name, checkEntry(name, value, start, size, path))
  checkCover(tensors, start, size, path)
  return { tensors, metadata }
}

function checkMetadata(value: unknown, path: string): Record<string, string> {
  if (!isMetadata(value)) throw damaged(path, 8, '__metadata__ must be an object of strings')
  return value
}

export const isMetadata = (value: unknown): value is Record<string, string> =>
  isJsonObject(value) && Object.values(value).every((text) => typeof text === 'string')

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Whether a value is a list of non-negative integers, without holes. */
export const isShape = (value: unknown): value is number[] => Array.isArray(value) && Array.from(value).every(isCount)

function checkEntry(name: string, value: unknown, start: number, size: number, path: string): TensorEntry {
  const fail = (what: string) => damaged(path, 8, `in the header, tensor '${name}' ${what}`)
  if (!isJsonObject(value)) throw fail('is not an object')
  const { dtype, shape, data_offsets: span, ...rest } = value
  for (const key of Object.keys(rest)) throw fail(`has an unknown key '${key}'`)
  if (typeof dtype !== 'string') throw fail('has no dtype')
  const element = Object.hasOwn(elementBytes, dtype) ? elementBytes[dtype] : undefined
  if (element === undefined) throw fail(`has an unknown dtype '${dtype}'`)
  if (!isShape(shape)) throw fail(`has no shape of non-negative integers`)
  if (!Array.isArray(span) || span.length !== 2 || !span.every(isCount)) throw fail(`has no data_offsets [begin, end]`)
  const [begin, end] = span as number[]
  if (begin > end) throw fail(`ends (${end}) before it begins (${begin})`)
  if (end > size - start)
    throw fail(
      `has data_offsets [${begin}, ${end}] and the file only ${size - start} bytes of data: it is cut short or lies; fetch it again`,
    )
  const expected = shape.reduce((product, length) => product * length, element)
  if (expected !== end - begin)
    throw fail(`has ${end - begin} bytes where ${dtype} [${shape.join(', ')}] takes ${expected}`)
  return { dtype, shape, offset: start + begin, bytes: end - begin }
}

function checkCover(tensors: Map<string, TensorEntry>, start: number, size: number, path: string): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes)
  let reached = start
  let before = 'the header'
  for (const [name, { offset, bytes }] of inOrder) {
    if (offset < reached) throw damaged(path, offset, `tensor '${name}' overlaps ${before}`)
    if (offset > reached)
      throw damaged(path, reached, `${offset - reached} bytes between ${before} and tensor '${name}' belong to none`)
    reached = offset + bytes
    before = `tensor '${name}'`
  }
  if (reached < size) throw damaged(path, reached, `${size - reached} bytes after ${before} belong to no tensor`)
}

function damaged(path: string, offset: number, what: string): GlassformerError {
  return new GlassformerError('ERR_MODEL_FORMAT', `${path}, offset ${offset}: ${what}`)
}
