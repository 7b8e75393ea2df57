import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { Parameter } from '../../../engine/weights/parameters.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import type { TensorEntry } from '../../../formats/tensors/safetensors-header.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { multipliersOf, readStored, scalesOf } from '../tensors/quantized.ts'
import { type AdaptedParameter, adaptedParameters, type ReplacedParameter } from './adapted-parameters.ts'
import { openPeftFolder } from './peft-folder.ts'
import { factorsOf } from './read-adapter.ts'

/**
 * The tensors of a model with an adapter merged into them: W + scale · B A, and the adapter's own weights and biases in place of the
 * model's. `stored` are the parameters by the names of the model's tensors. A matrix that is stored in int8 is added to in float32.
 * Closing these closes both.
 * @throws GlassformerError as `openPeftFolder` and `adaptedParameters`
 */
export function mergedTensors(
  source: TensorSource,
  stored: ReadonlyMap<string, Parameter>,
  config: ModelConfig,
  folder: Folder,
): TensorSource {
  const peft = openPeftFolder(folder)
  try {
    const { products, replaced } = adaptedParameters(peft, config)
    const names = new Map([...stored].map(([name, parameter]) => [parameter.name, name]))
    const nameOf = ({ name }: Parameter) => {
      const found = names.get(name)
      if (found !== undefined) return found
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${folder.path}: the adapter changes ${name}, which the model's folder does not have`,
      )
    }
    // The values that the adapter brings come first: a product is added to the base that stands beside it.
    const merged = new Map<string, () => Float32Array>()
    for (const value of replaced) {
      const name = nameOf(value.parameter)
      checkShape(value, peft.source)
      merged.set(name, () => replacedValues(value, peft.source))
    }
    for (const product of products) {
      const name = nameOf(product.parameter)
      const base = merged.get(name) ?? (() => readStored(source, name))
      merged.set(name, () => withProduct(base(), product, peft.source))
    }
    return new MergedTensors(source, merged, () => peft.source.close())
  } catch (error) {
    peft.source.close()
    throw error
  }
}

/** @throws GlassformerError ERR_MODEL_FORMAT where a tensor has not as many values as its parameters */
function checkShape(
  { parameter: { name, rows, width }, tensor, parts }: ReplacedParameter,
  source: TensorSource,
): void {
  const { shape } = entryOf(source.tensors, tensor)
  if (shape.reduce((size, length) => size * length, 1) !== parts * rows * width)
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${source.path}: '${tensor}' is [${shape.join(', ')}], and ${name} of the model [${rows}, ${width}]`,
    )
}

/** The values of a parameter, which are a part of a tensor's outputs. */
function replacedValues(
  { parameter: { rows, width }, tensor, part, parts, isTurned }: ReplacedParameter,
  source: TensorSource,
): Float32Array {
  const whole = readStored(source, tensor)
  const size = rows * width
  if (!isTurned) return whole.subarray(part * size, (part + 1) * size)
  const outputs = rows * parts
  return Float32Array.from({ length: size }, (_, at) => {
    const [o, i] = [Math.floor(at / width), at % width]
    return whole[i * outputs + part * rows + o]
  })
}

/** Adds scale · B A to a matrix [outputs, inputs] in place. */
function withProduct(
  values: Float32Array,
  { parameter, module, row }: AdaptedParameter,
  source: TensorSource,
): Float32Array {
  const { width } = parameter
  const { a, b } = factorsOf(source, module)
  for (let o = 0; o < parameter.rows; o++)
    for (let k = 0; k < module.rank; k++) {
      const factor = module.scale * b[(row + o) * module.rank + k]
      for (let i = 0; i < width; i++) values[o * width + i] += factor * a[k * width + i]
    }
  return values
}

class MergedTensors implements TensorSource {
  readonly path: string
  readonly describedBy?: string
  readonly tensors: ReadonlyMap<string, TensorEntry>
  readonly #source: TensorSource
  readonly #merged: ReadonlyMap<string, () => Float32Array>
  readonly #close: () => void
  /** The tensor that was merged last. */
  #last: { name: string; values: Float32Array } | null = null

  constructor(source: TensorSource, merged: ReadonlyMap<string, () => Float32Array>, close: () => void) {
    this.path = source.path
    this.describedBy = source.describedBy
    this.#source = source
    this.#merged = merged
    this.#close = close
    // A tensor that was stored beside integers is left out, as the sums are floats.
    const beside = new Set([...merged.keys()].flatMap((name) => [scalesOf(name), multipliersOf(name)]))
    this.tensors = new Map(
      [...source.tensors].flatMap(([name, entry]) =>
        beside.has(name) ? [] : [[name, merged.has(name) ? asFloats(entry) : entry] as const],
      ),
    )
  }

  readFloats(name: string, into: Float32Array): void {
    const values = this.#valuesOf(name)
    if (!values) return this.#source.readFloats(name, into)
    if (into.length !== values.length)
      throw new GlassformerError('ERR_SHAPE', `tensor '${name}' has ${values.length} values, its place ${into.length}`)
    into.set(values)
  }

  readPart(name: string, first: number, into: Float32Array | Int8Array): void {
    const values = isArrayOf<Float32Array>(Float32Array, into) ? this.#valuesOf(name) : null
    if (!values) return this.#source.readPart(name, first, into)
    into.set(values.subarray(first, first + into.length))
  }

  readIntegers(name: string): Int8Array | Int32Array | BigInt64Array {
    return this.#source.readIntegers(name)
  }

  close(): void {
    this.#last = null
    this.#close()
    this.#source.close()
  }

  #valuesOf(name: string): Float32Array | null {
    const make = this.#merged.get(name)
    if (!make) return null
    if (this.#last?.name !== name) this.#last = { name, values: make() }
    return this.#last.values
  }
}

const asFloats = (entry: TensorEntry): TensorEntry => ({ ...entry, dtype: 'F32', strides: undefined })
