import type { Tensor } from '../../program/instructions/tensor.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { addAndNorm, onTop } from '../layers/add-and-norm.ts'
import { keyValue } from '../layers/attention.ts'
import type { SourceInputs } from '../layers/embedding.ts'
import { feedForward } from '../layers/feed-forward.ts'
import { lookingAround } from './looking-around.ts'

/** The encoder stack, paper 3.1: tokens or sound of sentences at `spans` [B, 2] → their states [S, dModel]. */
export function encoder(p: Program, inputs: SourceInputs, spans: Tensor, config: ModelConfig): Tensor {
  return p.within('encoder', () => {
    const embedded = inputs.embedded()
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
 */
export function memoryKeysAndValues(p: Program, states: Tensor, config: ModelConfig): Tensor[] {
  return Array.from({ length: config.decoder.layers }, (_, i) =>
    p.within(`decoder.${i}.crossAttention`, () => keyValue(p, states, config)),
  )
}
