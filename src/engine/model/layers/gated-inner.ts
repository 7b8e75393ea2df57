import { present } from '../../../base/present.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { dropout } from '../../program/ops/dropout.ts'
import { gatedActivation } from '../../program/ops/gated-activation.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { linearLayer } from './layers.ts'

/**
 * The inner layer of a feed-forward network with a gated linear unit (Shazeer 2020): activation(x W) ∘ (x V), from one product; then
 * dropout (in training). x [rows, dModel] → [rows, width].
 */
export function gatedInner(
  p: Program,
  x: Tensor,
  width: number,
  config: Pick<ModelConfig, 'activation' | 'linearBias'>,
): Tensor {
  const both = linearLayer(p, 'gateInner', x, { outputs: 2 * width, parts: ['gate', 'inner'] }, config)
  return p.within('gated', () => {
    const [gate, inner] = both.columns(2)
    const [product] = gatedActivation(p, { gate, x: inner }, { activation: config.activation })
    const rate = p.training?.dropout.activation ?? 0
    return rate ? dropout(p, { x: product, seed: present(p.training).seed }, { rate, site: p.site })[0] : product
  })
}
