import { GlassformerError } from '../errors.ts'
import type { TensorSource } from '../formats/safetensors.ts'
import { type Parameter, parameters } from '../weights/parameters.ts'
import type { Weights } from '../weights/weights.ts'

/** How a folder names the model's weights. */
export interface StoredNames {
  /** What a weight is called in the folder's files; null where the folder has none and zeros are right. */
  of(parameter: Parameter): string | null
  /** Tensors that may stand there beside the weights: null, or the stored name of the weight that they must equal. */
  extras: ReadonlyMap<string, string | null>
}

/**
 * Fills the model's weights from a folder's tensors. Everything that is missing, left over or of a shape that contradicts
 * the configuration is named in one ERR_MODEL_FORMAT, before a byte is read.
 */
export function fillWeights(weights: Weights, source: TensorSource, names: StoredNames): void {
  const stored = new Map<string, Parameter>()
  for (const parameter of parameters(weights.config)) {
    const name = names.of(parameter)
    if (name !== null) stored.set(name, parameter)
  }
  check(stored, source, names)
  for (const [name, parameter] of stored) source.readFloats(name, weights.get(parameter.name))
  for (const [name, original] of names.extras)
    if (original !== null && source.tensors.has(name))
      checkEqual(name, original, weights.get(stored.get(original)!.name), source)
}

function check(stored: ReadonlyMap<string, Parameter>, source: TensorSource, { extras }: StoredNames): void {
  const missing: string[] = []
  const contradicting: string[] = []
  for (const [name, parameter] of stored) {
    const entry = source.tensors.get(name)
    if (!entry) missing.push(name)
    else if (!fits(entry.shape, parameter))
      contradicting.push(`${name} is [${entry.shape.join(', ')}], not [${shapeOf(parameter).join(', ')}]`)
  }
  const left = [...source.tensors.keys()].filter((name) => !stored.has(name) && !extras.has(name))
  const faults = [
    ...(missing.length ? [`missing: ${some(missing)}`] : []),
    ...(left.length ? [`not of this model: ${some(left)}`] : []),
    ...(contradicting.length ? [`of another shape: ${some(contradicting)}`] : []),
  ]
  if (faults.length)
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${source.path}: the weights are not those that config.json describes; ${faults.join('; ')}`,
    )
}

/** The shape under which a weight is stored: a vector has one dimension. */
export const shapeOf = ({ rows, width }: Parameter): number[] => (rows === 1 ? [width] : [rows, width])

const fits = (shape: readonly number[], { rows, width }: Parameter) =>
  (shape.length === 2 && shape[0] === rows && shape[1] === width) ||
  (shape.length === 1 && rows === 1 && shape[0] === width)

const some = (items: string[]) =>
  items.length <= 6 ? items.join(', ') : `${items.slice(0, 5).join(', ')} and ${items.length - 5} more`

// A tied matrix that is stored twice must be the same twice: else the file and config.json say different things.
function checkEqual(name: string, original: string, values: Float32Array, source: TensorSource): void {
  const { shape } = source.tensors.get(name)!
  const same = shape.reduce((product, length) => product * length, 1) === values.length
  const copy = new Float32Array(same ? values.length : 0)
  if (same) source.readFloats(name, copy)
  if (!same || copy.some((value, i) => value !== values[i]))
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${source.path}: config.json ties ${name} to ${original}, and the two differ`,
    )
}
