import { moduleOf } from '../../../base/choices/self-attention-kind.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import type { Sublayer } from '../layers/add-and-norm.ts'
import { convolutionModule } from '../layers/convolution.ts'
import type { SourceInputs } from '../layers/embedding.ts'
import { encoderAttention } from '../local/encoder-attention.ts'

/** The first sub-layer of each layer of an encoder, and the name of its module. */
export interface LooksAround {
  module: string
  sublayer(layer: number): Sublayer
}

/**
 * How layers of an encoder look at their own side: self-attention, or a module of convolutions. Called in the module of the stack, before its first
 * layer.
 */
export function lookingAround(p: Program, inputs: SourceInputs, spans: Tensor, config: ModelConfig): LooksAround {
  if (config.encoderSelfAttention?.kind === 'convolution')
    return { module: moduleOf.convolution, sublayer: () => convolutionModule(p, { spans, causal: false }, config) }
  return { module: moduleOf.attention, sublayer: encoderAttention(p, inputs.attended(), spans, config) }
}
