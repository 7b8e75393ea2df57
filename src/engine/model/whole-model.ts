import type { Tensor } from '../program/instructions/tensor.ts'
import type { Program } from '../program/program.ts'
import { isDecoderOnly, type ModelConfig } from './config/config.ts'
import { languageModel } from './language-model.ts'
import { autoencoder } from './latents/autoencoder.ts'
import { transformer } from './transformer.ts'

/** The whole model of any kind over given targets (teacher forcing), below the output projection → states [T, dModel] of each target token. */
export function wholeModel(p: Program, config: ModelConfig): Tensor {
  if (config.latents) return autoencoder(p, config.latents, config)
  return isDecoderOnly(config) ? languageModel(p, config) : transformer(p, config)
}
