import { GlassformerError } from '../../base/errors.ts'
import type { Mapping } from '../../engine/backend/interface/backend.ts'
import type { WasmHome } from '../../engine/backend/interface/wasm-surface.ts'
import { viewOf } from '../../engine/backend/wasm/instance.ts'
import { Weights } from '../../engine/weights/weights.ts'
import type { LoadedModel } from '../../files/folders/layout/loaded-model.ts'
import { mapChecked } from '../../files/folders/packed/packed-file.ts'
import type { SharedModel } from './messages.ts'

/** `home` belongs to the player for which the model has been loaded. */
export function toShared({ weights: { encoding, values }, ...model }: LoadedModel, home?: WasmHome): SharedModel {
  const { mapped } = model
  const memory = mapped !== undefined ? { packed: mapped } : (home ?? (values.buffer as SharedArrayBuffer))
  return { ...model, weights: { encoding, memory, offset: values.byteOffset, length: values.length } }
}

/**
 * The home in which the weights lie, for the player that reads them there; undefined if they lie in JavaScript's
 * memory.
 */
export const homeOf = ({ weights: { memory } }: SharedModel): WasmHome | undefined =>
  'module' in memory ? memory : undefined

/**
 * The model. A file of packed weights that was removed is still mapped while another thread of this process has it.
 * @throws GlassformerError ERR_FILE where such a file is gone
 */
export function fromShared({ weights, ...model }: SharedModel, mapping?: Mapping): LoadedModel {
  return { ...model, weights: new Weights(model.config, weights.encoding, valuesOf(weights, mapping)) }
}

/** The values of a model's weights. @throws GlassformerError ERR_FILE where the file of mapped weights is gone */
export function valuesOf({ memory, offset, length }: SharedModel['weights'], mapping?: Mapping): Float32Array {
  if ('packed' in memory) {
    const values = mapping && mapChecked(memory.packed, length, mapping)
    if (values) return values
    throw new GlassformerError('ERR_FILE', `the packed weights in ${memory.packed} are gone: load the model again`)
  }
  const buffer = 'module' in memory ? viewOf(memory.memory, offset + 4 * length) : memory
  return new Float32Array(buffer, offset, length)
}
