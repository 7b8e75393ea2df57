import type { Program } from '../program/program.ts'
import type { Tensor } from '../program/tensor.ts'
import { addAndNorm, onTop, type Sublayer } from './add-and-norm.ts'
import { keyValue } from './attention.ts'
import type { ModelConfig } from './config.ts'
import type { SourceInputs } from './embedding.ts'
import { feedForward } from './feed-forward.ts'
import { encoderAttention } from './local/encoder-attention.ts'

/** The encoder stack, paper 3.1: tokens or sound of sentences at `spans` [B, 2] → their states [S, dModel]. */
export function encoder(p: Program, inputs: SourceInputs, spans: Tensor, config: ModelConfig): Tensor {
  return p.within('encoder', () => {
    const embedded = inputs.embedded()
    const attention = encoderAttention(p, inputs.attended(), spans, config)
    let x = embedded
    for (let i = 0; i < config.encoder.layers; i++)
      x = p.within(`${i}`, () => encoderLayer(p, x, attention(i), feedForward(p, config.encoder, i, config), config))
    return onTop(p, x, embedded, config)
  })
}

/** One layer: self-attention and feed-forward, each inside Add & Norm. */
function encoderLayer(p: Program, x: Tensor, attention: Sublayer, feed: Sublayer, config: ModelConfig): Tensor {
  x = addAndNorm(p, 'selfAttention', x, attention, config)
  return addAndNorm(p, 'feedForward', x, feed, config)
}

/**
 * The source's keys and values for each decoder layer, [S, 2 · heads · dHead], which are made once per sentence and shared by its beams.
 */
export function memoryKeysAndValues(p: Program, states: Tensor, config: ModelConfig): Tensor[] {
  return Array.from({ length: config.decoder.layers }, (_, i) =>
    p.within(`decoder.${i}.crossAttention`, () => keyValue(p, states, config)),
  )
}
