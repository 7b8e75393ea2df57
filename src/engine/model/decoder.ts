import { GlassformerError } from '../../base/errors.ts'
import { moduleOf } from '../../base/looking-back.ts'
import { linear } from '../program/ops/linear.ts'
import type { Program } from '../program/program.ts'
import type { Tensor } from '../program/tensor.ts'
import { crossAttention, distanceBias, type Past, type Spans, selfAttention, stepAttention } from './attention.ts'
import { averageAttention } from './average-attention.ts'
import type { ModelConfig } from './config.ts'
import { decoderSelfAttention } from './decoder-self-attention.ts'
import { type EmbeddingInputs, embedding, outputWeights } from './embedding.ts'
import { addAndNorm, feedForward, onTop } from './layers.ts'
import { type StatePast, ssruLayer } from './ssru.ts'

/**
 * How a decoder layer looks back at its own side: over whole targets at once, or from one new token for each row at its past, which is keys
 * and values, or the state of a recurrence.
 */
export type TargetSide = { spans: Tensor } | { past: (layer: number) => Past } | { state: (layer: number) => StatePast }

/**
 * The decoder stack, paper 3.1: tokens [T], the sources' keys and values per layer, and the source to which each target row belongs →
 * states [T, dModel].
 */
export function decoder(
  p: Program,
  inputs: EmbeddingInputs,
  side: TargetSide,
  memories: readonly Tensor[],
  cross: Spans,
  config: ModelConfig,
): Tensor {
  return p.within('decoder', () => {
    const embedded = embedding(p, 'decoder', inputs, config)
    let x = embedded
    const bias =
      decoderSelfAttention(config).kind !== 'attention' ? null : distanceBias(p, inputs.buckets, config, config.decoder)
    memories.forEach((memory, i) => {
      x = p.within(`${i}`, () => decoderLayer(p, x, i, side, bias, memory, cross, config))
    })
    return onTop(p, x, embedded, config)
  })
}

/** The output projection, paper 3.4. states [rows, dModel] → logits [rows, vocabulary]. */
export function projection(p: Program, states: Tensor, config: ModelConfig): Tensor {
  return p.within('output', () => {
    const { weight, bias } = outputWeights(p, config)
    return linear(p, { x: states, weight, bias }, { activation: 'none', scale: config.outputScale })[0]
  })
}

/** One layer: causal self-attention or a recurrence, attention to the source, feed-forward, each inside Add & Norm. */
function decoderLayer(
  p: Program,
  x: Tensor,
  layer: number,
  side: TargetSide,
  distanceBias: Tensor | null,
  memory: Tensor,
  cross: Spans,
  config: ModelConfig,
): Tensor {
  x = lookBack(p, x, layer, side, distanceBias, config)
  x = addAndNorm(p, 'crossAttention', x, config, (h, residual) => crossAttention(p, h, residual, config, memory, cross))
  return addAndNorm(p, 'feedForward', x, config, (h, residual) => feedForward(p, h, residual, config, config.decoder))
}

/** The first sub-layer: masked self-attention, or what the model has in its place. */
function lookBack(
  p: Program,
  x: Tensor,
  layer: number,
  side: TargetSide,
  distanceBias: Tensor | null,
  config: ModelConfig,
): Tensor {
  const own = decoderSelfAttention(config)
  if (own.kind === 'attention') {
    return addAndNorm(p, moduleOf.attention, x, config, (h, residual) => {
      if ('past' in side) return stepAttention(p, h, residual, config, side.past(layer), distanceBias)
      return selfAttention(p, h, residual, config, config.decoder, {
        ...wholeTargets(side),
        causal: true,
        distanceBias,
      })
    })
  }
  const past = 'state' in side ? side.state(layer) : wholeTargets(side)
  return own.kind === 'ssru' ? ssruLayer(p, x, past, own, config) : averageAttention(p, x, past, own, config)
}

function wholeTargets(side: TargetSide): { spans: Tensor } {
  if ('spans' in side) return side
  throw new GlassformerError('ERR_INTERNAL', 'a step is recorded with the past of another kind of decoder')
}
