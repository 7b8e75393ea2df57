import { moduleOf } from '../../../base/choices/self-attention-kind.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import type { Program } from '../../program/program.ts'
import { encoderView, type ModelConfig } from '../config/config.ts'
import { addAndNorm, onTop, type Sublayer } from '../layers/add-and-norm.ts'
import { keyValue } from '../layers/attention.ts'
import { convolutionModule } from '../layers/convolution.ts'
import type { SourceInputs } from '../layers/embedding.ts'
import { feedForward } from '../layers/feed-forward.ts'
import { linearLayer } from '../layers/layers.ts'
import { encoderWithLearned } from '../local/learned-globals.ts'
import { encoderAttention } from '../local/local-attention.ts'

/** The encoder stack, paper 3.1: tokens or sound of sentences at `spans` [B, 2] → their states [S, dModel of the encoder]. */
export function encoder(p: Program, inputs: SourceInputs, spans: Tensor, model: ModelConfig): Tensor {
  const config = encoderView(model)
  return p.within('encoder', () => {
    const embedded = inputs.embedded()
    const global = config.encoder.attention?.global
    if (global?.kind === 'learned')
      return onTop(p, encoderWithLearned(p, embedded, { ...global, spans }, config), embedded, config)
    const { module, sublayer } = lookingAround(p, inputs, spans, config)
    let x = embedded
    for (let i = 0; i < config.encoder.layers; i++)
      x = p.within(`${i}`, () => {
        const around = addAndNorm(p, module, x, sublayer(i), config)
        const feed = feedForward(p, 'encoder', i, config)
        return feed ? addAndNorm(p, 'feedForward', around, feed, config) : around
      })
    return onTop(p, x, embedded, config)
  })
}

/**
 * The source's keys and values for each decoder layer, [S, 2 · heads · dHead], which are made once per sentence and shared by its beams.
 * An encoder of another width has a linear in front of them (`enc_to_dec_proj` of transformers' EncoderDecoderModel).
 */
export function memoryKeysAndValues(p: Program, states: Tensor, config: ModelConfig): Tensor[] {
  const { dModel: outputs } = config
  const isRead = states.width === outputs || config.encoderSide?.projected === false
  const read = isRead ? states : linearLayer(p, 'sourceProjection', states, { outputs }, { linearBias: true })
  return Array.from({ length: config.decoder.layers }, (_, i) =>
    p.within(`decoder.${i}.crossAttention`, () => keyValue(p, read, config)),
  )
}

/** The first sub-layer of each layer of an encoder, and the name of its module. */
interface LooksAround {
  module: string
  sublayer(layer: number): Sublayer
}

/**
 * How layers of an encoder look at their own side: self-attention, or a module of convolutions. Called in the module of the stack, before its first
 * layer.
 */
function lookingAround(p: Program, inputs: SourceInputs, spans: Tensor, config: ModelConfig): LooksAround {
  if (config.encoderSelfAttention?.kind === 'convolution')
    return { module: moduleOf.convolution, sublayer: () => convolutionModule(p, { spans, causal: false }, config) }
  return { module: moduleOf.attention, sublayer: encoderAttention(p, inputs.attended(), spans, config) }
}
