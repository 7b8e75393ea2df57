import type { LoadedModel } from '../folders/loaded-model.ts'
import { Weights } from '../weights/weights.ts'
import type { SharedModel } from './messages.ts'

export function toShared({ weights: { encoding, values }, ...model }: LoadedModel): SharedModel {
  const memory = values.buffer as SharedArrayBuffer
  return { ...model, weights: { encoding, memory, offset: values.byteOffset, length: values.length } }
}

export function fromShared({ weights, ...model }: SharedModel): LoadedModel {
  const { encoding, memory, offset, length } = weights
  return { ...model, weights: new Weights(model.config, encoding, new Float32Array(memory, offset, length)) }
}
