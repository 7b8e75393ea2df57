import type { Tensor } from '../../program/instructions/tensor.ts'
import { linear } from '../../program/ops/linear.ts'
import type { Program } from '../../program/program.ts'
import { linearLayer, norm } from '../layers/layers.ts'
import type { HeadConfig, TextEncoderConfig } from './config.ts'
import { tokenTable } from './embedding.ts'

/** The head over rows of states, [R, dModel] → [R, outputs]; without outputs [R, width]. */
export function answers(p: Program, x: Tensor, head: HeadConfig, config: TextEncoderConfig): Tensor {
  const { epsilon } = config
  const { dense, denseBias, width, outputs, tied, outputBias } = head
  return p.within('head', () => {
    const inner =
      dense === null ? x : linearLayer(p, 'dense', x, { outputs: width, activation: dense }, { linearBias: denseBias })
    const normed = head.norm ? norm(p, 'norm', inner, { norm: { kind: 'layerNorm', epsilon }, dModel: width }) : inner
    if (!outputs) return normed
    if (!tied) return linearLayer(p, 'output', normed, { outputs }, { linearBias: outputBias })
    const bias = outputBias ? p.parameter('bias', { rows: 1, width: outputs, role: 'bias' }) : null
    return p.within('output', () =>
      linear(p, { x: normed, weight: tokenTable(p, config), bias }, { activation: 'none', scale: 1 }),
    )[0]
  })
}
