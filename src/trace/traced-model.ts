import type { PlayerInfo } from '../backend/backend.ts'
import type { StackConfig } from '../model/config.ts'
import type { Weights } from '../weights/weights.ts'
import type { TracedModel, TracedStack } from './trace.ts'

export function tracedModel(name: string, weights: Weights, backend: PlayerInfo['backend']): TracedModel {
  const { config, numberFormat, parameters } = weights
  return {
    name,
    dModel: config.dModel,
    encoder: stack(config.encoder),
    decoder: stack(config.decoder),
    activation: config.activation,
    norm: { kind: config.norm.kind, order: config.norm.order },
    positions: config.positions.kind,
    embeddingScale: config.embeddingScale,
    sourceVocabulary: config.sourceVocabulary,
    targetVocabulary: config.targetVocabulary,
    precision: numberFormat,
    backend,
    parameters: parameters.reduce((sum, { rows, width }) => sum + rows * width, 0),
    maxLength: config.maxLength,
  }
}

const stack = ({ layers, heads, dHead, dFeedForward }: StackConfig): TracedStack => ({
  layers,
  heads,
  dHead,
  dFeedForward,
})
