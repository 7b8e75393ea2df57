import { viewOf } from '../../../engine/backend/wasm/instance.ts'
import type { WasmHome } from '../../../engine/backend/wasm/surface.ts'
import { Weights } from '../../../engine/weights/weights.ts'
import type { LoadedModel } from '../../../files/folders/loaded-model.ts'
import type { SharedModel } from './messages.ts'

/** `home` belongs to the player for which the model has been loaded. */
export function toShared({ weights: { encoding, values }, ...model }: LoadedModel, home?: WasmHome): SharedModel {
  const memory = home ?? (values.buffer as SharedArrayBuffer)
  return { ...model, weights: { encoding, memory, offset: values.byteOffset, length: values.length } }
}

/**
 * The home in which the weights lie, for the player that reads them there; undefined if they lie in JavaScript's
 * memory.
 */
export const homeOf = ({ weights: { memory } }: SharedModel): WasmHome | undefined =>
  'module' in memory ? memory : undefined

export function fromShared({ weights, ...model }: SharedModel): LoadedModel {
  const { encoding, memory, offset, length } = weights
  const buffer = 'module' in memory ? viewOf(memory.memory, offset + 4 * length) : memory
  return { ...model, weights: new Weights(model.config, encoding, new Float32Array(buffer, offset, length)) }
}
