import type { Tensor } from '../program/instructions/tensor.ts'
import { windows } from '../program/ops/windows.ts'
import type { Program } from '../program/program.ts'
import { isDecoderOnly, type ModelConfig } from './config/config.ts'
import { autoencoder } from './latents/autoencoder.ts'
import { stackInputs } from './layers/embedding.ts'
import { decoder } from './stack/decoder.ts'
import { encoder, memoryKeysAndValues } from './stack/encoder.ts'
import { sourceInputs } from './stack/source-inputs.ts'

/** The whole model of any kind over given targets (teacher forcing), below the output projection → states [T, dModel] of each target token. */
export function wholeModel(p: Program, config: ModelConfig): Tensor {
  if (config.latents) return autoencoder(p, config.latents, config)
  return isDecoderOnly(config) ? languageModel(p, config) : transformer(p, config)
}

/**
 * The whole model over given targets (teacher forcing), paper figure 1 below the output projection: bound tokens (or frames) of sources and tokens of
 * targets [T], shifted right after the start, and the spans of both [B, 2] → states [T, dModel] of each target token.
 */
export function transformer(p: Program, config: ModelConfig): Tensor {
  const sources = p.input('sources', 'B', 2, 'int32')
  const targets = p.input('targets', 'B', 2, 'int32')
  const states = encoder(p, sourceInputs(p, config), sources, config)
  const memories = memoryKeysAndValues(p, states, config)
  const source = { memories, queries: targets, keys: sources }
  return decoder(p, stackInputs(p, 'decoder', 'T', config), { spans: targets }, source, config)
}

/**
 * A decoder alone over whole texts (Liu et al. 2018, 4.2.3; GPT-2): each text is its given tokens, then its targets. Bound tokens [S] are all
 * of them but the last of each text, at the spans `targets` [B, 2]; `predicting` [T, 1] are the rows that predict a target, and
 * `predictions` [S, 1] the place of each row among these, −1: none → states [T, dModel] of each target token.
 */
function languageModel(p: Program, config: ModelConfig): Tensor {
  const spans = p.input('targets', 'B', 2, 'int32')
  const x = decoder(p, stackInputs(p, 'decoder', 'S', config), { spans }, null, config)
  const index = p.input('predicting', 'T', 1, 'int32')
  const inverse = p.training ? p.input('predictions', 'S', 1, 'int32') : null
  return p.within('decoder', () => windows(p, { x, index, inverse })[0])
}
