import { GlassformerError, shown } from '../../base/errors.ts'
import { readAttached, reading } from '../../base/reading.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import { isArrayOf } from '../../base/values/value-class.ts'
import type { Encoding, NumberFormat, Packing, Quantized, QuantizedInt4 } from '../backend/interface/backend.ts'
import { packedViews } from '../backend/interface/packed.ts'
import { dequantizedInt4, GROUP_BYTES, groupsOf } from './int4.ts'
import { javascriptPacking } from './pack.ts'
import type { Parameter, PlayedWeight } from './parameters.ts'
import { type Part, type Placement, placeWeights } from './placement.ts'
import { encodingSettings, formatOf } from './precision.ts'
import { dequantized } from './quantize.ts'

/** Weights of any model in one array; see `Weights`. */
export class PlacedWeights {
  readonly encoding: Encoding
  readonly values: Float32Array
  /** The model's weights in memory order; for weights that are multiplied together, their parts. */
  readonly parameters: readonly Parameter[]
  readonly placements: ReadonlyMap<string, Placement>
  /** The parameters that are parts of an encoded weight, by name. */
  readonly #parts: ReadonlyMap<string, Part>

  /**
   * `store` holds the values, shared with another thread, or is a function that allocates this many zeros, which
   * `setRows` then fills.
   * @throws GlassformerError ERR_OPTION; ERR_SHAPE
   */
  constructor(
    weights: readonly PlayedWeight[],
    encoding: Encoding = 'float32',
    store: Float32Array | Packing['store'] = javascriptPacking.store,
  ) {
    read(encodingSettings, { encoding }, inOptions)
    const { placements, parts, size } = placeWeights(weights, encoding)
    this.encoding = encoding
    this.parameters = weights.flatMap((weight) => weight.parts)
    this.placements = placements
    this.#parts = parts
    this.values = reading('the store of these weights', () => {
      const values = typeof store === 'function' ? store(size) : store
      if (isArrayOf(Float32Array, values) && values.length === size) return values
      throw new GlassformerError('ERR_SHAPE', `the store of these weights must be a Float32Array of ${size} values`)
    })
  }

  /** The format of the matrices. */
  get numberFormat(): NumberFormat {
    return formatOf(this.encoding)
  }

  /**
   * The place of a weight. A weight with parts (`….queryKeyValue.weight`) has a name too; parts of an encoded weight
   * have no place.
   * @throws GlassformerError ERR_SHAPE for a name that does not exist
   */
  place(name: string): Placement {
    const placement = this.placements.get(name)
    if (!placement) throw new GlassformerError('ERR_SHAPE', `the model has no weight named ${shown(name)}`)
    return placement
  }

  /**
   * The values of a float32 weight, [rows, width] row by row, as a view of the store.
   * @throws GlassformerError ERR_SHAPE for any other weight
   */
  get(name: string): Float32Array {
    const { offset, rows, width, encoding } = this.place(name)
    if (encoding !== 'float32')
      throw new GlassformerError('ERR_SHAPE', `${name} is stored as ${encoding}, not as rows of float32`)
    return this.values.subarray(offset, offset + rows * width)
  }

  /**
   * Stores rows [row, row + count) of a parameter, encoded in the format of its place; `values` is [count, width].
   * @throws GlassformerError ERR_SHAPE for a name that does not exist, and for rows that are none or do not fit;
   * ERR_OPTION
   */
  setRows(name: string, row: number, values: Float32Array, packing: Packing = javascriptPacking): void {
    checkArray('values', values, Float32Array)
    const { place, first, rows } = this.rowsOf(name)
    const packed = packedViews(this.values, place)
    const count = checkRows(name, { rows, width: place.width }, values, row)
    if (packed) packing.packRows(packed, first + row, count, values)
    else this.values.set(values, place.offset + row * place.width)
  }

  /** Stores rows that are already quantized: integers [count, width] and a scale for each row. */
  setQuantizedRows(name: string, row: number, quantized: Quantized, packing: Packing = javascriptPacking): void {
    checkQuantized(quantized)
    const { place, first, rows } = this.rowsOf(name)
    const packed = packedViews(this.values, place)
    if (checkRows(name, { rows, width: place.width }, quantized.values, row) !== quantized.scales.length)
      throw new GlassformerError('ERR_SHAPE', `${name} needs a scale for each row, not ${quantized.scales.length}`)
    if (packed?.encoding === 'int8') packing.packQuantized(packed, first + row, quantized)
    else this.setRows(name, row, dequantized(quantized), packing)
  }

  /**
   * Stores rows that are already quantized in groups: integers [count, 16 · groups], two in a byte, and scales [count, groups].
   * @throws GlassformerError as `setRows`
   */
  setInt4Rows(name: string, row: number, quantized: QuantizedInt4, packing: Packing = javascriptPacking): void {
    reading('quantized values', () => {
      checkArray('integers of quantized values', quantized?.integers, Uint8Array)
      checkArray('scales of quantized values', quantized.scales, Float32Array)
    })
    const { place, first, rows } = this.rowsOf(name)
    const packed = packedViews(this.values, place)
    const { integers, scales } = quantized
    const count = checkRows(name, { rows, width: groupsOf(place.width) }, scales, row)
    if (integers.length !== GROUP_BYTES * scales.length)
      throw new GlassformerError(
        'ERR_SHAPE',
        `${name} needs ${GROUP_BYTES} bytes for each scale, not ${integers.length}`,
      )
    if (packed?.encoding === 'int4') packing.packInt4(packed, first + row, count, quantized)
    else this.setRows(name, row, dequantizedInt4(quantized, count, place.width), packing)
  }

  /**
   * Sets the multipliers of an int8 weight, which may have parts: the factor by which its inputs are multiplied before
   * they are rounded to integers, and the factors by which the weights of each of its parts have been multiplied; see
   * `PackedInt8`.
   * @throws GlassformerError ERR_SHAPE for a name that does not exist or that has another encoding, and for more than
   * 14 parts
   */
  setMultipliers(name: string, input: number, ofParts: readonly number[]): void {
    const packed = packedViews(this.values, this.place(name))
    if (packed?.encoding !== 'int8' || 2 + ofParts.length > packed.multipliers.length)
      throw new GlassformerError('ERR_SHAPE', `${name} has no room for ${ofParts.length} multipliers of int8`)
    packed.multipliers.set([input, ofParts.length, ...ofParts])
  }

  /**
   * Whether int8 weights have multipliers of their inputs, so that the model computes the same numbers as the software
   * that made it.
   */
  get hasMultipliers(): boolean {
    for (const place of this.placements.values()) {
      const packed = packedViews(this.values, place)
      if (packed?.encoding === 'int8' && packed.multipliers[0] !== 0) return true
    }
    return false
  }

  /**
   * Where the rows of a parameter lie, which may be a part of an encoded weight: `rows` rows from row `first` of a place.
   * @throws GlassformerError ERR_SHAPE for a name that does not exist
   */
  rowsOf(name: string): { place: Placement; first: number; rows: number } {
    const part = this.#parts.get(name)
    const place = this.place(part?.whole ?? name)
    return { place, first: part?.row ?? 0, rows: part?.rows ?? place.rows }
  }
}

function checkArray(
  what: string,
  value: unknown,
  type: typeof Float32Array | typeof Int8Array | typeof Uint8Array,
): void {
  reading(what, () => {
    if (!isArrayOf<Float32Array | Int8Array | Uint8Array>(type, value))
      throw new GlassformerError('ERR_OPTION', `${what} must lie in ${type.name}, not ${shown(value)}`)
    readAttached(value)
  })
}

function checkQuantized(quantized: Quantized): void {
  reading('quantized values', () => {
    checkArray('quantized values', quantized?.values, Int8Array)
    checkArray('scales of quantized values', quantized.scales, Float32Array)
  })
}

/** The number of rows of a parameter [rows, width] in `values`, checked to fit from row `row` on. */
function checkRows(
  name: string,
  { rows, width }: Pick<Parameter, 'rows' | 'width'>,
  values: Float32Array | Int8Array,
  row: number,
): number {
  const count = values.length / width
  if (!Number.isInteger(count) || !Number.isInteger(row) || row < 0 || row + count > rows)
    throw new GlassformerError(
      'ERR_SHAPE',
      `${name} has rows of ${width} values: ${values.length} of them do not fit from row ${shown(row)} on`,
    )
  return count
}
