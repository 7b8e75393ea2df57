import type { Tensor } from '../../program/instructions/tensor.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { AttentionPositions } from '../config/position-kind.ts'
import type { Sublayer } from '../layers/add-and-norm.ts'
import { selfAttention } from '../layers/attention.ts'
import { globalAttention } from './global-attention.ts'
import { localAttention } from './local-attention.ts'

/**
 * The self-attention of each layer of an encoder: to all tokens of a sentence, to those that are near, or to these and to global tokens.
 * Called in the module of the stack, before its first layer.
 */
export function encoderAttention(
  p: Program,
  positions: AttentionPositions,
  spans: Tensor,
  config: ModelConfig,
): (layer: number) => Sublayer {
  const attending = localAttention(p, 'encoder', { stack: config.encoder, positions }, config)
  if (config.encoder.attention?.global) return globalAttention(p, attending, config)
  return (layer) => selfAttention(p, attending(layer), { spans, causal: false }, config)
}
