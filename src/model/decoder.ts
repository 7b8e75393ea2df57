import { linear } from '../program/ops/linear.ts'
import type { Program } from '../program/program.ts'
import type { Tensor } from '../program/tensor.ts'
import { crossAttention, distanceBias, type Past, type Spans, selfAttention, stepAttention } from './attention.ts'
import type { ModelConfig } from './config.ts'
import { type EmbeddingInputs, embedding, outputWeights } from './embedding.ts'
import { addAndNorm, feedForward, norm } from './layers.ts'

/** How a decoder layer attends to its own side: over whole targets at once, or from one new token for each row over its past. */
export type TargetSide = { spans: Tensor } | { past: (layer: number) => Past }

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
    let x = embedding(p, 'decoder', inputs, config)
    const bias = distanceBias(p, inputs.buckets, config, config.decoder)
    memories.forEach((memory, i) => {
      x = p.within(`${i}`, () => decoderLayer(p, x, i, side, bias, memory, cross, config))
    })
    return config.norm.order === 'post' ? x : norm(p, 'norm', x, config)
  })
}

/** The output projection, paper 3.4. states [rows, dModel] → logits [rows, vocabulary]. */
export function projection(p: Program, states: Tensor, config: ModelConfig): Tensor {
  return p.within('output', () => {
    const { weight, bias } = outputWeights(p, config)
    return linear(p, { x: states, weight, bias }, { activation: 'none', scale: config.outputScale })[0]
  })
}

/** One layer: causal self-attention, attention to the source, feed-forward, each inside Add & Norm. */
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
  x = addAndNorm(p, 'selfAttention', x, config, (h, residual) =>
    'past' in side
      ? stepAttention(p, h, residual, config, side.past(layer), distanceBias)
      : selfAttention(p, h, residual, config, config.decoder, { ...side, causal: true, distanceBias }),
  )
  x = addAndNorm(p, 'crossAttention', x, config, (h, residual) => crossAttention(p, h, residual, config, memory, cross))
  return addAndNorm(p, 'feedForward', x, config, (h, residual) => feedForward(p, h, residual, config, config.decoder))
}
