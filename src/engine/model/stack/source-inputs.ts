import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { embedding, type SourceInputs, stackInputs } from '../layers/embedding.ts'
import { withRealRows } from './real-rows.ts'
import { soundInputs } from './sound.ts'

/** Declares the bound inputs of the encoder: tokens, with rows of real numbers among them in some models, or frames of sound. */
export function sourceInputs(p: Program, config: ModelConfig): SourceInputs {
  if (config.sound) return soundInputs(p, config.sound, config)
  const inputs = stackInputs(p, 'encoder', 'S', config)
  const tokens: SourceInputs = {
    embedded: () => embedding(p, 'encoder', inputs, config),
    attended: () => inputs.positions.attended(),
  }
  return config.rowWidth === undefined ? tokens : withRealRows(p, tokens, config.rowWidth, config)
}
