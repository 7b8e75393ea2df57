import type { Tensor } from '../../program/instructions/tensor.ts'
import { activation } from '../../program/ops/activation.ts'
import { add } from '../../program/ops/add.ts'
import { depthwise } from '../../program/ops/depthwise.ts'
import { depthwiseStep } from '../../program/ops/depthwise-step.ts'
import { linear } from '../../program/ops/linear.ts'
import type { Program } from '../../program/program.ts'
import { isDecoderOnly, type ModelConfig } from '../config/config.ts'
import type { Sublayer } from './add-and-norm.ts'
import { dropped, norm } from './layers.ts'
import type { Past } from './step-attention.ts'

// Depthwise separable convolutions (SliceNet, Kaiser et al. 2017, 2.1 and 2.2): each column has a kernel over positions of its own, and a linear mixes
// the columns of each position.

/** The length of a kernel, and how many positions lie between those that it reads. */
interface Kernel {
  taps: number
  dilation: number
}

/** The convolutions of a module. */
const MODULE: readonly Kernel[] = [
  { taps: 3, dilation: 1 },
  { taps: 3, dilation: 1 },
  { taps: 15, dilation: 1 },
  { taps: 15, dilation: 8 },
]
/** The convolutions of a decoder in front of its attention to the source. */
const QUERIES: readonly Kernel[] = [
  { taps: 5, dilation: 1 },
  { taps: 5, dilation: 4 },
]

/** How far causal convolutions look back, in tokens, their own included. */
export const CONVOLUTION_REACH = Math.max(
  ...[...MODULE, ...QUERIES].map(({ taps, dilation }) => (taps - 1) * dilation + 1),
)

/** The inputs of convolutions that the cache of a decoder layer keeps for each token, side by side. */
export const convolutionCacheWidth = (config: ModelConfig): number =>
  (MODULE.length + (isDecoderOnly(config) ? 0 : QUERIES.length)) * config.dModel

/** The rows that are convolved: those of whole sentences, or one new token for each row after its past. */
export type ConvolvedRows = { spans: Tensor; causal: boolean } | Past

/**
 * A module of four convolutions of x, in the place of self-attention and feed-forward: with h = x + S₂(S₁(x)), its output is S₄(S₃(h)). The residual
 * connection around it adds x, as in the paper. x [rows, dModel] → [rows, dModel].
 */
export function convolutionModule(p: Program, rows: ConvolvedRows, config: ModelConfig): Sublayer {
  return (x, residual) => {
    const step = (from: Tensor, i: number) => convolutionStep(p, from, i, rows, config)
    const near = step(step(x, 0), 1)
    const [both] = p.within('near', () => add(p, { a: near, b: x }))
    const y = step(step(both, 2), 3)
    return residual ? dropped(p, y, residual) : y
  }
}

/** The queries of attention to the source: two causal convolutions of x. x [rows, dModel] → [rows, dModel]. */
export function convolvedQueries(p: Program, x: Tensor, rows: ConvolvedRows, config: ModelConfig): Tensor {
  return QUERIES.reduce((from, _, i) => convolutionStep(p, from, MODULE.length + i, rows, config), x)
}

/** Norm(W · depthwise(relu(x))), without biases (2.2): convolution `i` of a layer. */
function convolutionStep(p: Program, x: Tensor, i: number, rows: ConvolvedRows, config: ModelConfig): Tensor {
  return p.within(`step${i}`, () => {
    const [positive] = activation(p, { x }, { activation: 'relu' })
    const convolved = p.within('depthwise', () => convolve(p, positive, i, rows))
    const mixed = p.within('pointwise', () => {
      const weight = p.parameter('weight', { rows: x.width, width: x.width, role: 'matrix' })
      return linear(p, { x: convolved, weight }, { activation: 'none', scale: 1 })[0]
    })
    return norm(p, 'norm', mixed, config)
  })
}

function convolve(p: Program, x: Tensor, i: number, rows: ConvolvedRows): Tensor {
  const { width } = x
  const { taps, dilation } = [...MODULE, ...QUERIES][i]
  const weight = p.parameter('weight', { rows: taps, width, role: 'convolution' })
  if ('causal' in rows) {
    const before = rows.causal ? taps - 1 : (taps - 1) / 2
    return depthwise(p, { x, weight, spans: rows.spans }, { dilation, before })[0]
  }
  const { cache, slots, ancestors, spans } = rows
  const own = cache.slice(i * width, (i + 1) * width)
  return depthwiseStep(p, { x, weight, slots, ancestors, spans, cache: own }, { dilation })[0]
}
