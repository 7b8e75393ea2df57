import { allocated } from '../../../base/allocated.ts'
import { indexOfByte } from '../../../base/bytes.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import type { QuantizedInt4 } from '../../../engine/backend/interface/backend.ts'
import { dequantizedInt4, GROUP_BYTES, groupsOf, quantizeInt4 } from '../../../engine/weights/int4.ts'
import { dequantized, quantizeRows } from '../../../engine/weights/quantize.ts'
import type { TensorToWrite } from '../../../formats/tensors/safetensors-writer.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import type { StoredIntegers } from './stored-dtype.ts'

// A matrix in int8 is stored as integers, I8 [rows, width], beside the scales of its rows, F32 [rows], and, for a
// model whose inputs have one scale, beside two multipliers, F32 [2]: that of the inputs before rounding, and that of
// the matrix.
//
// A matrix in int4 is stored as bytes, U8 [rows, 16 · groups], beside the scales of each group of 32 values of a row, F16 [rows, groups]. A
// byte has two integers from −8 to 7, each with 8 added, the first in its lower half.

/** The name under which the scales of a quantized matrix are stored. */
export const scalesOf = (name: string): string => `${name}_scale`

/** The name under which the multipliers of a quantized matrix and its inputs are stored. */
export const multipliersOf = (name: string): string => `${name}_multipliers`

export const isInt4 = ({ tensors }: TensorSource, name: string): boolean => tensors.get(name)?.dtype === 'U8'

export const isInt8 = ({ tensors }: TensorSource, name: string): boolean => tensors.get(name)?.dtype === 'I8'

export const isQuantized = (source: TensorSource, name: string): boolean => isInt8(source, name) || isInt4(source, name)

/** From this number on, 127 times a scale rounds to infinity in float32. */
const TOO_LARGE = (2 ** 128 - 2 ** 103) / 127

/**
 * The scales of a quantized matrix. @throws GlassformerError ERR_MODEL_FORMAT where a scale is negative, or 127 times the scale is not
 * finite
 */
export function readScales(source: TensorSource, name: string): Float32Array {
  const { shape } = entryOf(source.tensors, name)
  const scales = new Float32Array(shape.length === 2 ? shape[0] : 1)
  source.readFloats(scalesOf(name), scales)
  const row = scales.findIndex((scale) => !(scale >= 0 && scale < TOO_LARGE))
  if (row < 0) return scales
  throw new GlassformerError(
    'ERR_MODEL_FORMAT',
    `${source.path}: tensor '${scalesOf(name)}' is ${scales[row]} at index ${row}: scales are not negative, and 127 times one is a finite number`,
  )
}

/** The multiplier of the inputs of a quantized matrix before rounding, and the multiplier of the matrix. */
export interface Multipliers {
  input: number
  weight: number
}

/** The multipliers of a quantized matrix; null where it has none. @throws GlassformerError ERR_MODEL_FORMAT where one is not positive */
export function readMultipliers(source: TensorSource, matrix: string): Multipliers | null {
  const name = multipliersOf(matrix)
  const entry = source.tensors.get(name)
  if (!entry || !isInt8(source, matrix)) return null
  const values = new Float32Array(2)
  if (entry.dtype === 'F32' && entry.bytes === values.byteLength) source.readFloats(name, values)
  if (values.every((value) => value > 0 && Number.isFinite(Math.fround(127 / value))))
    return { input: values[0], weight: values[1] }
  throw new GlassformerError(
    'ERR_MODEL_FORMAT',
    `${source.path}: tensor '${name}' must be F32, two positive numbers: by what inputs of '${matrix}' are multiplied, and by what it was`,
  )
}

/**
 * Checks that all integers are from −127 to 127, as kernels require. `first` is the index of the first integer in its
 * tensor.
 */
export function checkIntegers(values: Int8Array, first: number, source: TensorSource, name: string): void {
  const index = indexOfByte(values, 0x80)
  if (index >= 0)
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${source.path}: tensor '${name}' is -128 at index ${first + index}: quantized weights are from -127 to 127 (the tensor is at offset ${entryOf(source.tensors, name).offset})`,
    )
}

/** The scales of the groups of rows [row, row + rows) of a matrix in int4 [rows, groups]. */
export function readGroupScales(source: TensorSource, name: string, row: number, rows: number): Float32Array {
  const groups = entryOf(source.tensors, name).shape[1] / GROUP_BYTES
  const scales = new Float32Array(rows * groups)
  source.readPart(scalesOf(name), row * groups, scales)
  return scales
}

/** A whole matrix in int4. */
function readInt4(source: TensorSource, name: string): QuantizedInt4 {
  const [rows, bytes] = entryOf(source.tensors, name).shape
  const integers = allocated(rows * bytes, () => new Uint8Array(rows * bytes))
  source.readPart(name, 0, integers)
  return { integers, scales: readGroupScales(source, name, 0, rows) }
}

/**
 * The values of a whole tensor; for a quantized matrix, the integers times their scales. `width` is that of the weight, which bytes of int4 do
 * not tell; by default their last group is whole.
 */
export function readStored(source: TensorSource, name: string, width?: number): Float32Array {
  const { shape } = entryOf(source.tensors, name)
  if (isInt4(source, name)) return dequantizedInt4(readInt4(source, name), shape[0], width ?? 2 * shape[1])
  const count = shape.reduce((product, length) => product * length, 1)
  if (isInt8(source, name) && source.tensors.has(scalesOf(name))) {
    const integers = allocated(count, () => new Int8Array(count))
    source.readPart(name, 0, integers)
    return dequantized({ values: integers, scales: readScales(source, name) })
  }
  const values = allocated(4 * count, () => new Float32Array(count))
  source.readFloats(name, values)
  return values
}

/**
 * The tensors that store a matrix in int8, or in int4: those of `stored` where the matrix is quantized so already, otherwise `values`, quantized.
 * `stored` is null where the source lacks the matrix.
 */
export function* quantizedTensors(
  matrix: StoredMatrix,
  to: StoredIntegers,
  source: TensorSource,
  values: () => Float32Array,
  rounding: Int4Rounding = (_, values, rows) => quantizeInt4(values, rows),
): Generator<TensorToWrite> {
  if (to === 'int4') yield* int4Tensors(matrix, source, values, rounding)
  else yield* int8Tensors(matrix, source, values)
}

/** Quantizes rows of the parameter of this name to int4. */
export type Int4Rounding = (parameter: string, values: Float32Array, rows: number) => QuantizedInt4

/** A matrix under the name that it gets, its name in the model, and its name in the source, or null. */
interface StoredMatrix {
  name: string
  parameter: string
  stored: string | null
  rows: number
  width: number
}

function* int4Tensors(
  { name, parameter, stored, rows, width }: StoredMatrix,
  source: TensorSource,
  values: () => Float32Array,
  rounding: Int4Rounding,
): Generator<TensorToWrite> {
  const isThere = stored !== null && isInt4(source, stored)
  const { integers, scales } = isThere ? readInt4(source, stored) : rounding(parameter, values(), rows)
  const groups = groupsOf(width)
  yield { name, shape: [rows, groups * GROUP_BYTES], dtype: 'U8', values: integers }
  yield { name: scalesOf(name), shape: [rows, groups], dtype: 'F16', values: scales }
}

function* int8Tensors(
  { name, stored, rows, width }: StoredMatrix,
  source: TensorSource,
  values: () => Float32Array,
): Generator<TensorToWrite> {
  const isInteger = stored !== null && isInt8(source, stored)
  const matrix = isInteger
    ? { values: source.readIntegers(stored) as Int8Array, scales: readScales(source, stored) }
    : quantizeRows(values(), rows)
  yield { name, shape: [rows, width], dtype: 'I8', values: matrix.values }
  yield { name: scalesOf(name), shape: [rows], dtype: 'F32', values: matrix.scales }
  const multipliers = isInteger ? readMultipliers(source, stored) : null
  if (multipliers)
    yield {
      name: multipliersOf(name),
      shape: [2],
      dtype: 'F32',
      values: Float32Array.of(multipliers.input, multipliers.weight),
    }
}
