import type { Tensor } from '../../program/instructions/tensor.ts'
import { linear } from '../../program/ops/linear.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { addAndNorm, onTop, type Sublayer } from '../layers/add-and-norm.ts'
import { crossAttention, type Memory, type Spans } from '../layers/attention.ts'
import { embedding, outputWeights, type StackInputs } from '../layers/embedding.ts'
import { feedForward } from '../layers/feed-forward.ts'
import { linearLayer, norm } from '../layers/layers.ts'
import { lookingBack, type TargetSide } from './own-side.ts'

/** The source as the decoder stack reads it: keys and values of each layer, and the source of each target row. */
export interface SourceSide extends Spans {
  memories: readonly Tensor[]
}

/** The decoder stack, paper 3.1: tokens [T], what they look back at, and the sources if there are any → states [T, dModel]. */
export function decoder(
  p: Program,
  inputs: StackInputs,
  target: TargetSide,
  source: SourceSide | null,
  config: ModelConfig,
): Tensor {
  return p.within('decoder', () => {
    const embedded = embedding(p, 'decoder', inputs, config)
    const { lookBack, queries } = lookingBack(p, inputs.positions, target, config)
    let x = embedded
    for (let i = 0; i < config.decoder.layers; i++) {
      const layer = {
        lookBack: (x: Tensor) => lookBack(x, i),
        memory: source && { ...source, memory: source.memories[i], made: queries && ((x: Tensor) => queries(x, i)) },
        feed: feedForward(p, 'decoder', i, config),
      }
      x = p.within(`${i}`, () => decoderLayer(p, x, layer, config))
    }
    const states = onTop(p, x, embedded, config)
    return config.outputTransform ? transformed(p, states, config) : states
  })
}

/** BERT's layer in front of the output: Norm(activation(W x + b)). x [rows, dModel] → [rows, dModel]. */
function transformed(p: Program, x: Tensor, config: ModelConfig): Tensor {
  const { dModel: outputs, activation } = config
  return norm(p, 'transformNorm', linearLayer(p, 'transform', x, { outputs, activation }, config), config)
}

/** The sub-layers of one layer. */
interface DecoderLayer {
  lookBack(x: Tensor): Tensor
  memory: Memory | null
  feed: Sublayer | null
}

/**
 * One layer: causal self-attention or what stands in its place, attention to the source if there is one, feed-forward if there is one, each inside
 * Add & Norm.
 */
function decoderLayer(p: Program, x: Tensor, { lookBack, memory, feed }: DecoderLayer, config: ModelConfig): Tensor {
  x = lookBack(x)
  if (memory) x = addAndNorm(p, 'crossAttention', x, crossAttention(p, memory, config), config)
  return feed ? addAndNorm(p, 'feedForward', x, feed, config) : x
}

/** The output projection, paper 3.4. states [rows, dModel] → logits [rows, vocabulary]. */
export function projection(p: Program, states: Tensor, config: ModelConfig): Tensor {
  return p.within('output', () => {
    const { weight, bias } = outputWeights(p, config)
    return linear(p, { x: states, weight, bias }, { activation: 'none', scale: config.outputScale })[0]
  })
}
