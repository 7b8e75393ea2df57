import { present } from '../../../base/present.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import type { Activation } from '../../program/operands/norm.ts'
import { add } from '../../program/ops/add.ts'
import { dropout } from '../../program/ops/dropout.ts'
import { layerNorm } from '../../program/ops/layer-norm.ts'
import { linear } from '../../program/ops/linear.ts'
import { rmsNorm } from '../../program/ops/rms-norm.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'

/** The options of a linear layer: see `linearLayer`. */
export interface LinearOptions {
  /** The width of its output. */
  outputs: number
  activation?: Activation
  residual?: Tensor | null
  /** Modules with the same inputs, whose weights are stored separately and played here as one weight, with their outputs side by side. */
  parts?: readonly string[]
}

/**
 * A linear layer named `name`: W x + b, then activation and dropout (in training), then the residual. x [rows, in] → [rows, outputs].
 */
export function linearLayer(
  p: Program,
  name: string,
  x: Tensor,
  { outputs, activation = 'none', residual, parts }: LinearOptions,
  { linearBias }: Pick<ModelConfig, 'linearBias'>,
): Tensor {
  return p.within(name, () => {
    const weight = p.parameter('weight', { rows: outputs, width: x.width, role: 'matrix', parts })
    const bias = linearBias ? p.parameter('bias', { rows: 1, width: outputs, role: 'bias', parts }) : null
    const rate = p.training?.dropout[residual ? 'residual' : 'activation'] ?? 0
    const drops = rate > 0 && (!!residual || activation !== 'none')
    const fused = drops ? null : residual
    const [y] = linear(p, { x, weight, bias, residual: fused }, { activation, scale: 1 })
    return drops ? dropout(p, { x: y, seed: present(p.training).seed, residual }, { rate, site: p.site })[0] : y
  })
}

/** The kinds of norms. x [rows, dModel], gamma [1, dModel] → [rows, dModel]. */
const norms: Readonly<
  Record<ModelConfig['norm']['kind'], (p: Program, x: Tensor, gamma: Tensor, epsilon: number) => Tensor>
> = {
  layerNorm(p, x, gamma, epsilon) {
    const beta = p.parameter('bias', { rows: 1, width: x.width, role: 'bias' })
    return layerNorm(p, { x, gamma, beta }, { epsilon })[0]
  },
  rmsNorm: (p, x, gamma, epsilon) => rmsNorm(p, { x, gamma }, { epsilon })[0],
}

/** A norm, and the width of its rows. */
interface Normed {
  norm: Pick<ModelConfig['norm'], 'kind' | 'epsilon'>
  dModel: number
}

/** The norm named `name` over each row. x [rows, dModel] → [rows, dModel]. */
export function norm(p: Program, name: string, x: Tensor, { norm: { kind, epsilon }, dModel }: Normed): Tensor {
  return p.within(name, () =>
    norms[kind](p, x, p.parameter('weight', { rows: 1, width: dModel, role: 'gain' }), epsilon),
  )
}

/** Dropout of a sub-layer's output (in training), and the residual. */
export function dropped(p: Program, x: Tensor, residual: Tensor | null = null): Tensor {
  const rate = p.training?.dropout.residual ?? 0
  if (rate) return dropout(p, { x, seed: present(p.training).seed, residual }, { rate, site: p.site })[0]
  return residual ? add(p, { a: x, b: residual })[0] : x
}
