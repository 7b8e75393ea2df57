import type { PlayerInfo } from '../../engine/backend/interface/backend.ts'
import { imageOf, isCompressed, reachOf } from '../../engine/model/config/attention-settings.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import { stackKindsOf } from '../../engine/model/config/own-side-settings.ts'
import { scaleOf } from '../../engine/model/layers/attention.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { TracedModel, TracedStack } from '../data/trace.ts'

export function tracedModel(name: string, weights: Weights, backend: PlayerInfo['backend']): TracedModel {
  const { config, numberFormat, parameters } = weights
  return {
    name,
    dModel: config.dModel,
    encoder: stack(config, 'encoder'),
    decoder: stack(config, 'decoder'),
    ...stackKindsOf(config),
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

function stack(config: ModelConfig, side: 'encoder' | 'decoder'): TracedStack {
  const { layers, heads, dHead, dFeedForward, attention, feedForward } = config[side]
  const mixed = feedForward && {
    experts: {
      count: feedForward.experts,
      k: feedForward.k,
      ...(feedForward.layers && { layers: feedForward.layers }),
    },
  }
  const image = imageOf(config[side])
  const near = image ? { image } : attention && { local: reachOf(attention) }
  const compressed = attention?.compressed && {
    compressed: {
      factor: attention.compressed.factor,
      layers: Array.from({ length: layers }, (_, i) => i).filter((i) => isCompressed(config[side], i)),
    },
  }
  return { layers, heads, dHead, dFeedForward, ...mixed, ...near, ...compressed, scale: scaleOf(config, config[side]) }
}
