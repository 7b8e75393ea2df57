import type { Program } from '../program/program.ts'
import type { Tensor } from '../program/tensor.ts'
import { distanceBias, keyValue, selfAttention } from './attention.ts'
import type { ModelConfig } from './config.ts'
import { type EmbeddingInputs, embedding } from './embedding.ts'
import { addAndNorm, feedForward, onTop } from './layers.ts'

/** The encoder stack, paper 3.1: tokens [S] of sentences at `spans` [B, 2] → their states [S, dModel]. */
export function encoder(p: Program, inputs: EmbeddingInputs, spans: Tensor, config: ModelConfig): Tensor {
  return p.within('encoder', () => {
    const embedded = embedding(p, 'encoder', inputs, config)
    let x = embedded
    const bias = distanceBias(p, inputs.buckets, config, config.encoder)
    for (let i = 0; i < config.encoder.layers; i++) x = p.within(`${i}`, () => encoderLayer(p, x, spans, bias, config))
    return onTop(p, x, embedded, config)
  })
}

/** One layer: self-attention and feed-forward, each inside Add & Norm. */
function encoderLayer(p: Program, x: Tensor, spans: Tensor, distanceBias: Tensor | null, config: ModelConfig): Tensor {
  x = addAndNorm(p, 'selfAttention', x, config, (h, residual) =>
    selfAttention(p, h, residual, config, config.encoder, { spans, causal: false, distanceBias }),
  )
  return addAndNorm(p, 'feedForward', x, config, (h, residual) => feedForward(p, h, residual, config, config.encoder))
}

/**
 * The source's keys and values for each decoder layer, [S, 2 · heads · dHead], which are made once per sentence and shared by its beams.
 */
export function memoryKeysAndValues(p: Program, states: Tensor, config: ModelConfig): Tensor[] {
  return Array.from({ length: config.decoder.layers }, (_, i) =>
    p.within(`decoder.${i}.crossAttention`, () => keyValue(p, states, config)),
  )
}
