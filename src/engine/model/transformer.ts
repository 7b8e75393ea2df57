import type { Tensor } from '../program/instructions/tensor.ts'
import type { Program } from '../program/program.ts'
import type { ModelConfig } from './config/config.ts'
import { stackInputs } from './layers/embedding.ts'
import { decoder } from './stack/decoder.ts'
import { encoder, memoryKeysAndValues } from './stack/encoder.ts'
import { sourceInputs } from './stack/source-inputs.ts'

/**
 * The whole model over given targets (teacher forcing), paper figure 1 below the output projection: bound tokens (or frames) of sources and tokens of
 * targets [T], shifted right behind the start, and the spans of both [B, 2] → states [T, dModel] of each target token.
 */
export function transformer(p: Program, config: ModelConfig): Tensor {
  const sources = p.input('sources', 'B', 2, 'int32')
  const targets = p.input('targets', 'B', 2, 'int32')
  const states = encoder(p, sourceInputs(p, config), sources, config)
  const memories = memoryKeysAndValues(p, states, config)
  const source = { memories, queries: targets, keys: sources }
  return decoder(p, stackInputs(p, 'decoder', 'T', config), { spans: targets }, source, config)
}
