import { GlassformerError } from '../../../base/errors.ts'
import { entryOf, present } from '../../../base/present.ts'
import { counted } from '../../../base/values/number-text.ts'
import type { Packing } from '../../../engine/backend/interface/backend.ts'
import { PANEL } from '../../../engine/backend/interface/packed.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { GROUP_BYTES, groupsOf } from '../../../engine/weights/int4.ts'
import { type Parameter, type PlayedWeight, playedWeights } from '../../../engine/weights/parameters.ts'
import type { PlacedWeights } from '../../../engine/weights/placed-weights.ts'
import type { TensorEntry } from '../../../formats/tensors/safetensors-header.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { tapsFirst } from './convolution-weights.ts'
import { areEqual } from './equal-tensors.ts'
import {
  checkIntegers,
  isInt4,
  isInt8,
  isQuantized,
  multipliersOf,
  readGroupScales,
  readMultipliers,
  readScales,
  scalesOf,
} from './quantized.ts'

/** The names of the model's weights in a folder. */
export interface StoredNames {
  /** The name of a weight in the folder's files; null where the folder lacks the weight and zeros are right. */
  of(parameter: Parameter): string | null
  /** Tensors allowed beside the weights, each with null, or with the stored name of the weight that it must equal. */
  extras: ReadonlyMap<string, string | null>
  /** Additional names under which a tensor must be written for Hugging Face's transformers, by its stored name. */
  copies: ReadonlyMap<string, readonly string[]>
}

/** The weights of a model by their names in the folder. */
export interface StoredWeights {
  /** The weights in the layout that programs need. */
  recorded: readonly PlayedWeight[]
  parameters: ReadonlyMap<string, Parameter>
  extras: StoredNames['extras']
}

/**
 * Checks the weights of a folder before memory is allocated for them. Weights that are missing, left over or of a shape
 * that contradicts the configuration are all named in one ERR_MODEL_FORMAT.
 */
export function checkedWeights(
  config: ModelConfig,
  source: TensorSource,
  names: (weights: readonly Parameter[], stored: ReadonlySet<string>) => StoredNames,
): StoredWeights {
  const layers = config.encoder.layers + config.decoder.layers
  if (layers > source.tensors.size)
    throw foreign(
      source,
      `missing: most of ${counted(layers, 'layer')}, for there are only ${counted(source.tensors.size, 'tensor')}`,
    )
  return checkedAgainst(playedWeights(config), source, names)
}

/** Checks the weights of a folder against those that a model declares; see `checkedWeights`. */
export function checkedAgainst(
  recorded: readonly PlayedWeight[],
  source: TensorSource,
  names: (weights: readonly Parameter[], stored: ReadonlySet<string>) => StoredNames,
): StoredWeights {
  const stored = new Map<string, Parameter>()
  const parameters = recorded.flatMap(({ parts }) => parts)
  const { of, extras } = names(parameters, new Set(source.tensors.keys()))
  for (const parameter of parameters) {
    const name = of(parameter)
    if (name !== null) stored.set(name, parameter)
  }
  check(stored, source, extras)
  return { recorded, parameters: stored, extras }
}

/** Fills the model's weights from a folder's tensors. */
export function fillWeights(
  weights: PlacedWeights,
  source: TensorSource,
  { recorded, parameters: stored, extras }: StoredWeights,
  packing?: Packing,
): void {
  let largest = 0
  for (const [name, parameter] of stored) {
    const { width, encodable } = parameter
    // A group of int4 may be wider than the weight.
    const bytes =
      encodable && isQuantized(source, name)
        ? rowsAtOnce(parameter, chunkOfIntegers(packing)) * Math.max(width, groupsOf(width) * GROUP_BYTES)
        : 4 * rowsAtOnce(parameter) * width
    largest = Math.max(largest, bytes)
  }
  const filling = { weights, source, packing, chunk: new ArrayBuffer(largest) }
  for (const [name, parameter] of stored) {
    if (parameter.encodable && isInt4(source, name)) setInt4(filling, parameter, name)
    else if (parameter.encodable && isInt8(source, name)) setQuantized(filling, parameter, name)
    else if (parameter.encodable && weights.encoding !== 'float32') setEncoded(filling, parameter, name)
    else {
      source.readFloats(name, weights.get(parameter.name))
      if (isByTap(source, name)) tapsFirst(weights.get(parameter.name), parameter)
    }
  }
  if (weights.encoding === 'int8') setMultipliers(weights, source, recorded, stored)
  for (const [name, original] of extras)
    if (original !== null && source.tensors.has(name)) checkEqual(name, original, source)
}

/**
 * The input multiplier of a weight, where all parts of the weight share one. Where the parts of a weight differ, each
 * row of inputs is quantized by its own largest magnitude, which loses nothing.
 */
function setMultipliers(
  weights: PlacedWeights,
  source: TensorSource,
  recorded: readonly PlayedWeight[],
  stored: ReadonlyMap<string, Parameter>,
): void {
  const names = new Map([...stored].map(([name, parameter]) => [parameter.name, name]))
  for (const { name, encodable, parts } of recorded) {
    if (!encodable || parts.length > MOST_PARTS) continue
    const found = parts.map((part) => readMultipliers(source, entryOf(names, part.name)))
    const input = found[0]?.input
    if (input !== undefined && found.every((multipliers) => multipliers?.input === input))
      weights.setMultipliers(
        name,
        input,
        found.map((multipliers) => present(multipliers).weight),
      )
  }
}

/** The maximum number of parts of a weight whose multipliers fit. */
const MOST_PARTS = 14

const CHUNK = 1 << 16 // values read and packed at once, which stay in the second-level cache

/** Integers read and packed at once where a backend packs them, on several threads. */
const LARGE_CHUNK = 1 << 22

const chunkOfIntegers = (packing: Packing | undefined) => (packing ? LARGE_CHUNK : CHUNK)

/** The number of matrix rows of up to `chunk` values: whole panels. */
const rowsAtOnce = ({ rows, width }: Parameter, chunk = CHUNK) =>
  Math.min(rows, Math.max(1, Math.floor(chunk / width / PANEL)) * PANEL)

interface Filling {
  weights: PlacedWeights
  source: TensorSource
  packing: Packing | undefined
  /** A buffer for the values read at once, shared by all matrices. */
  chunk: ArrayBuffer
}

function setEncoded({ weights, source, packing, chunk }: Filling, parameter: Parameter, name: string): void {
  const { rows, width } = parameter
  const step = rowsAtOnce(parameter)
  for (let row = 0; row < rows; row += step) {
    const values = new Float32Array(chunk, 0, Math.min(step, rows - row) * width)
    source.readPart(name, row * width, values)
    weights.setRows(parameter.name, row, values, packing)
  }
}

function setQuantized({ weights, source, packing, chunk }: Filling, parameter: Parameter, name: string): void {
  const { rows, width } = parameter
  const scales = readScales(source, name)
  const step = rowsAtOnce(parameter, chunkOfIntegers(packing))
  for (let row = 0; row < rows; row += step) {
    const values = new Int8Array(chunk, 0, Math.min(step, rows - row) * width)
    source.readPart(name, row * width, values)
    checkIntegers(values, row * width, source, name)
    weights.setQuantizedRows(parameter.name, row, { values, scales: scales.subarray(row, row + step) }, packing)
  }
}

function setInt4({ weights, source, packing, chunk }: Filling, parameter: Parameter, name: string): void {
  const { rows, width } = parameter
  const bytes = groupsOf(width) * GROUP_BYTES
  const step = rowsAtOnce(parameter, chunkOfIntegers(packing))
  for (let row = 0; row < rows; row += step) {
    const count = Math.min(step, rows - row)
    const integers = new Uint8Array(chunk, 0, count * bytes)
    source.readPart(name, row * bytes, integers)
    weights.setInt4Rows(parameter.name, row, { integers, scales: readGroupScales(source, name, row, count) }, packing)
  }
}

function check(stored: ReadonlyMap<string, Parameter>, source: TensorSource, extras: StoredNames['extras']): void {
  const missing: string[] = []
  const contradicting: string[] = []
  for (const [name, parameter] of stored) {
    const entry = source.tensors.get(name)
    if (!entry) missing.push(name)
    else if (
      !(isInt4(source, name)
        ? parameter.encodable && isShape(entry, int4Shape(parameter))
        : fits(entry.shape, parameter))
    )
      contradicting.push(
        `${name} is [${entry.shape.join(', ')}], not [${(isInt4(source, name) ? int4Shape : shapeOf)(parameter).join(', ')}] (offset ${entry.offset})`,
      )
    else if (isQuantized(source, name) && parameter.encodable) {
      const scales = source.tensors.get(scalesOf(name))
      if (!scales) missing.push(scalesOf(name))
      else {
        const [dtype, shape] = isInt4(source, name)
          ? (['F16', [parameter.rows, groupsOf(parameter.width)]] as const)
          : (['F32', [parameter.rows]] as const)
        if (scales.dtype !== dtype || !isShape(scales, shape))
          contradicting.push(
            `${scalesOf(name)} is ${scales.dtype} [${scales.shape.join(', ')}], not ${dtype} [${shape.join(', ')}]`,
          )
      }
    }
  }
  const known = (name: string) => stored.has(name) || extras.has(name)
  const scales = new Set(
    [...source.tensors.keys()]
      .filter((name) => known(name) && isQuantized(source, name))
      .flatMap((name) => [scalesOf(name), multipliersOf(name)]),
  )
  const left = [...source.tensors.keys()].filter((name) => !known(name) && !scales.has(name))
  const faults = [
    ...(missing.length ? [`missing: ${some(missing)}`] : []),
    ...(left.length ? [`not of this model: ${some(left)}`] : []),
    ...(contradicting.length ? [`of another shape: ${some(contradicting)}`] : []),
  ]
  if (faults.length) throw foreign(source, faults.join('; '))
}

const foreign = ({ path, describedBy = 'config.json' }: TensorSource, faults: string) =>
  new GlassformerError(
    'ERR_MODEL_FORMAT',
    `${path}: the weights are not those that ${describedBy} describes; ${faults}`,
  )

/** Whether a tensor has the values of each tap of a convolution apart, [rows, width / taps, taps], as other software stores them. */
export const isByTap = ({ tensors }: TensorSource, name: string): boolean => tensors.get(name)?.shape.length === 3

/** The shape under which a weight is stored in our layout: a vector has one dimension. */
export const shapeOf = ({ rows, width }: Parameter): number[] => (rows === 1 ? [width] : [rows, width])

/** The shape of the bytes of a matrix in int4. */
const int4Shape = ({ rows, width }: Parameter): number[] => [rows, groupsOf(width) * GROUP_BYTES]

const isShape = ({ shape }: TensorEntry, expected: readonly number[]): boolean =>
  shape.length === expected.length && shape.every((length, axis) => length === expected[axis])

const fits = (shape: readonly number[], { rows, width, taps }: Parameter) =>
  (taps !== undefined && shape.length === 3 && shape[0] === rows && shape[1] * taps === width && shape[2] === taps) ||
  (shape.length === 2 && shape[0] === rows && shape[1] === width) ||
  (shape.length === 1 && rows === 1 && shape[0] === width)

const some = (items: string[]) =>
  items.length <= 6 ? items.join(', ') : `${items.slice(0, 5).join(', ')} and ${items.length - 5} more`

// Throws where a tied matrix is stored twice with different values, because the file then contradicts config.json.
function checkEqual(name: string, original: string, source: TensorSource): void {
  if (!areEqual(name, original, source))
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${source.path}: config.json ties ${name} to ${original}, and the two differ`,
    )
}
