import type { Tensor } from '../../program/instructions/tensor.ts'
import { add } from '../../program/ops/add.ts'
import { linear } from '../../program/ops/linear.ts'
import { windows } from '../../program/ops/windows.ts'
import type { Program } from '../../program/program.ts'
import { gatedInner } from '../layers/feed-forward.ts'
import { linearLayer, norm } from '../layers/layers.ts'
import { type Attending, attending, selfAttention } from './attention.ts'
import type { TextEncoderConfig } from './config.ts'
import { embeddings } from './embedding.ts'

/** The states of texts that lie end to end, after embeddings and after each layer, [S, dModel] each. */
export function textStates(p: Program, config: TextEncoderConfig): Tensor[] {
  const states = [embeddings(p, config)]
  const of = attending(p, config)
  for (let i = 0; i < config.layers; i++) {
    const x = states[i]
    const after = p.within(['encoder', `${config.sharedLayers ? 0 : i}`], () => layer(p, x, { of, layer: i }, config))
    states.push(i === 0 && config.convolution ? convolved(p, x, after, config.convolution, config) : after)
  }
  if (config.normOrder === 'pre') states[config.layers] = normed(p, 'encoder.norm', states[config.layers], config)
  return states
}

const normed = (p: Program, name: string, x: Tensor, { epsilon, dModel }: TextEncoderConfig): Tensor =>
  norm(p, name, x, { norm: { kind: 'layerNorm', epsilon }, dModel })

/** One layer: self-attention and the feed-forward network, each with its norm. x [S, dModel] → [S, dModel]. */
function layer(p: Program, x: Tensor, place: { of: Attending; layer: number }, config: TextEncoderConfig): Tensor {
  if (config.normOrder === 'post') {
    const around = normed(p, 'selfAttentionNorm', selfAttention(p, x, x, place, config), config)
    return normed(p, 'feedForwardNorm', feedForward(p, around, around, config), config)
  }
  const input = place.layer === 0 ? x : normed(p, 'selfAttentionNorm', x, config)
  const around = selfAttention(p, input, x, place, config)
  return feedForward(p, normed(p, 'feedForwardNorm', around, config), around, config)
}

/** activation(x W₁ + b₁) W₂ + b₂ + residual, or with a gate. */
function feedForward(p: Program, x: Tensor, residual: Tensor, config: TextEncoderConfig): Tensor {
  const { dModel, dFeedForward, activation, gated } = config
  return p.within('feedForward', () => {
    const inner = gated
      ? gatedInner(p, x, dFeedForward, config)
      : linearLayer(p, 'inner', x, { outputs: dFeedForward, activation }, config)
    return linearLayer(p, 'outer', inner, { outputs: dModel, residual }, config)
  })
}

/**
 * The convolution of embeddings, added to the first layer's states and normalized (DeBERTa-v2): bound are the rows `taps` [S, 3] that each
 * token reads, −1 beside the ends of a text.
 */
function convolved(
  p: Program,
  x: Tensor,
  states: Tensor,
  activation: NonNullable<TextEncoderConfig['convolution']>,
  config: TextEncoderConfig,
): Tensor {
  const { dModel } = config
  const index = p.input('taps', 'S', TAPS, 'int32')
  const sum = p.within('convolution', () => {
    const [read] = windows(p, { x, index })
    const weight = p.parameter('weight', { rows: dModel, width: TAPS * dModel, role: 'convolution', taps: TAPS })
    const bias = p.parameter('bias', { rows: 1, width: dModel, role: 'bias' })
    const [made] = linear(p, { x: read, weight, bias }, { activation, scale: 1 })
    return add(p, { a: states, b: made })[0]
  })
  return normed(p, 'convolutionNorm', sum, config)
}

/** The tokens that the convolution reads side by side. */
export const TAPS = 3
