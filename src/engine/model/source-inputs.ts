import type { Program } from '../program/program.ts'
import type { Tensor } from '../program/tensor.ts'
import type { ModelConfig } from './config.ts'
import { embedding, stackInputs } from './embedding.ts'
import type { AttentionPositions } from './positions/position-kind.ts'
import { soundInputs } from './sound.ts'

/** The bound source as the encoder's stack reads it. Both functions are called in the module of the stack, in this order. */
export interface SourceInputs {
  /** What the first layer reads, [S, dModel]. */
  embedded(): Tensor
  /** How positions enter the self-attentions of the stack. */
  attended(): AttentionPositions
}

/** Declares the bound inputs of the encoder: tokens, or frames of sound. */
export function sourceInputs(p: Program, config: ModelConfig): SourceInputs {
  if (config.sound) return soundInputs(p, config.sound, config)
  const inputs = stackInputs(p, 'encoder', 'S', config)
  return {
    embedded: () => embedding(p, 'encoder', inputs, config),
    attended: () => inputs.positions.attended(),
  }
}
