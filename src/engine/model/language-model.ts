import type { Tensor } from '../program/instructions/tensor.ts'
import { windows } from '../program/ops/windows.ts'
import type { Program } from '../program/program.ts'
import type { ModelConfig } from './config/config.ts'
import { stackInputs } from './layers/embedding.ts'
import { decoder } from './stack/decoder.ts'

/**
 * A decoder alone over whole texts (Liu et al. 2018, 4.2.3; GPT-2): each text is its given tokens, then its targets. Bound tokens [S] are all
 * of them but the last of each text, at the spans `targets` [B, 2]; `predicting` [T, 1] are the rows that predict a target, and
 * `predictions` [S, 1] the place of each row among these, −1: none → states [T, dModel] of each target token.
 */
export function languageModel(p: Program, config: ModelConfig): Tensor {
  const spans = p.input('targets', 'B', 2, 'int32')
  const x = decoder(p, stackInputs(p, 'decoder', 'S', config), { spans }, null, config)
  const index = p.input('predicting', 'T', 1, 'int32')
  const inverse = p.training ? p.input('predictions', 'S', 1, 'int32') : null
  return p.within('decoder', () => windows(p, { x, index, inverse })[0])
}
