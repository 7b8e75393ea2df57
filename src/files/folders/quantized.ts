import { allocated } from '../../base/allocated.ts'
import { indexOfByte } from '../../base/bytes.ts'
import { GlassformerError } from '../../base/errors.ts'
import { dequantized, quantizeRows } from '../../engine/weights/quantize.ts'
import type { TensorToWrite } from '../formats/tensors/safetensors-writer.ts'
import type { TensorSource } from '../formats/tensors/tensor-file.ts'

// A quantized matrix is stored as integers, I8 [rows, width], beside the scales of its rows, F32 [rows], and, for a
// model whose inputs have one scale, beside two multipliers, F32 [2]: that of the inputs before rounding, and that of
// the matrix.

/** The name under which the scales of a quantized matrix are stored. */
export const scalesOf = (name: string): string => `${name}_scale`

/** The name under which the multipliers of a quantized matrix and its inputs are stored. */
export const multipliersOf = (name: string): string => `${name}_multipliers`

export const isQuantized = ({ tensors }: TensorSource, name: string): boolean => tensors.get(name)?.dtype === 'I8'

/**
 * The scales of a quantized matrix. @throws GlassformerError ERR_MODEL_FORMAT where a scale is negative, or 127 times the scale is not
 * finite
 */
export function readScales(source: TensorSource, name: string): Float32Array {
  const { shape } = source.tensors.get(name)!
  const scales = new Float32Array(shape.length === 2 ? shape[0] : 1)
  source.readFloats(scalesOf(name), scales)
  const row = scales.findIndex((scale) => !(scale >= 0 && Number.isFinite(Math.fround(127 * scale))))
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
  if (!entry || !isQuantized(source, matrix)) return null
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
      `${source.path}: tensor '${name}' is -128 at index ${first + index}: quantized weights are from -127 to 127 (the tensor is at offset ${source.tensors.get(name)!.offset})`,
    )
}

/** The values of a whole tensor; for a quantized matrix, the integers times their scales. */
export function readStored(source: TensorSource, name: string): Float32Array {
  const { shape } = source.tensors.get(name)!
  const count = shape.reduce((product, length) => product * length, 1)
  if (isQuantized(source, name) && source.tensors.has(scalesOf(name))) {
    const integers = allocated(count, () => new Int8Array(count))
    source.readPart(name, 0, integers)
    return dequantized({ values: integers, scales: readScales(source, name) })
  }
  const values = allocated(4 * count, () => new Float32Array(count))
  source.readFloats(name, values)
  return values
}

/**
 * The tensors that store a matrix [rows, width] in int8 under `name`: those of `stored` where the matrix is quantized
 * already, otherwise the values of `values`, quantized row by row. `stored` is null where the source lacks the matrix.
 */
export function* quantizedTensors(
  { name, rows, width }: { name: string; rows: number; width: number },
  source: TensorSource,
  stored: string | null,
  values: () => Float32Array,
): Generator<TensorToWrite> {
  const isInteger = stored !== null && isQuantized(source, stored)
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
