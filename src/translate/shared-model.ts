import type { LoadedModel } from '../folders/loaded-model.ts'
import { Weights } from '../weights/weights.ts'
import type { SharedModel } from './messages.ts'

export const toShared = ({ weights, ...model }: LoadedModel): SharedModel => ({
  ...model,
  weights: { encoding: weights.encoding, values: weights.values },
})

export const fromShared = ({ weights, ...model }: SharedModel): LoadedModel => ({
  ...model,
  weights: new Weights(model.config, weights.encoding, weights.values),
})
