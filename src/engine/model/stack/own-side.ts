import { moduleOf } from '../../../base/choices/self-attention-kind.ts'
import { GlassformerError } from '../../../base/errors.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import type { Program } from '../../program/program.ts'
import { type CompressedPast, compressedAttention } from '../compressed/compressed-attention.ts'
import { compressionOf, isCompressed } from '../config/attention-settings.ts'
import type { ModelConfig } from '../config/config.ts'
import { type DecoderSelfAttention, decoderSelfAttention } from '../config/own-side-settings.ts'
import { addAndNorm, type Sublayer } from '../layers/add-and-norm.ts'
import { type SelfAttention, selfAttention } from '../layers/attention.ts'
import { type ConvolvedRows, convolutionModule, convolvedQueries } from '../layers/convolution.ts'
import type { StackPositions } from '../layers/embedding.ts'
import { averageAttention, type StatePast, ssruLayer } from '../layers/ssru.ts'
import { type Past, stepAttention } from '../layers/step-attention.ts'
import { localAttention } from '../local/local-attention.ts'

/**
 * The tokens that a decoder layer looks back at on its own side: whole targets at once, or the past of one new token for each row, which is keys and
 * values, or the state of a recurrence.
 */
export type TargetSide =
  | { spans: Tensor }
  | { past: (layer: number) => Past; compressed: (layer: number) => CompressedPast }
  | { state: (layer: number) => StatePast }

/** How decoder layers look back at their own side. */
export interface LooksBack {
  /** The first sub-layer of a layer, inside Add & Norm: x [rows, dModel] → [rows, dModel]. */
  lookBack(x: Tensor, layer: number): Tensor
  /** The rows that attention to the source makes its queries of, where they are not its input x alone; called in the module of this attention. */
  queries?(x: Tensor, layer: number): Tensor
}

type Kind = DecoderSelfAttention['kind']

/** Masked self-attention (paper 3.2.3), and what may stand in its place. */
const ways: { readonly [K in Kind]: (...given: Given<K>) => LooksBack } = {
  attention(p, _, { positions, target, config }) {
    const attending = { stack: config.decoder, positions: positions.attended() }
    const compression = compressionOf(config.decoder)
    const side = 'past' in target ? target : wholeTargets(target)
    const near = nearAttention(p, side, attending, config)
    const compressed = compression && compressedAttention(p, side, compression, config)
    return {
      lookBack(x, layer) {
        const sublayer = compressed && isCompressed(config.decoder, layer) ? compressed(layer) : near(layer)
        return addAndNorm(p, moduleOf.attention, x, sublayer, config)
      },
    }
  },
  ssru: (p, own, { target, config }) => ({
    lookBack: (x, layer) => ssruLayer(p, x, stateOf(target, layer), own, config),
  }),
  average: (p, own, { target, config }) => ({
    lookBack: (x, layer) => averageAttention(p, x, stateOf(target, layer), own, config),
  }),
  convolution(p, _, { target, config }) {
    const rows = (layer: number): ConvolvedRows =>
      'past' in target ? target.past(layer) : { ...wholeTargets(target), causal: true }
    return {
      lookBack: (x, layer) => addAndNorm(p, moduleOf.convolution, x, convolutionModule(p, rows(layer), config), config),
      queries: (x, layer) => convolvedQueries(p, x, rows(layer), config),
    }
  },
}

/** Attention to the tokens of the own side, or to those of them that are near. */
function nearAttention(
  p: Program,
  side: { spans: Tensor } | { past: (layer: number) => Past },
  attending: SelfAttention,
  config: ModelConfig,
): (layer: number) => Sublayer {
  if ('past' in side) return (layer) => stepAttention(p, attending, side.past(layer), config)
  const whole = localAttention(p, 'decoder', attending, config)
  return (layer) => selfAttention(p, whole(layer), { ...side, causal: true }, config)
}

type Given<K extends Kind> = [
  p: Program,
  own: DecoderSelfAttention & { kind: K },
  decoder: { positions: StackPositions; target: TargetSide; config: ModelConfig },
]

/** How the layers of this decoder look back at their own side. Called in the module of the stack, before its first layer. */
export function lookingBack(p: Program, positions: StackPositions, target: TargetSide, config: ModelConfig): LooksBack {
  const own = decoderSelfAttention(config)
  const way = ways[own.kind] as (...given: Given<Kind>) => LooksBack
  return way(p, own, { positions, target, config })
}

const stateOf = (target: TargetSide, layer: number): StatePast | { spans: Tensor } =>
  'state' in target ? target.state(layer) : wholeTargets(target)

function wholeTargets(target: TargetSide): { spans: Tensor } {
  if ('spans' in target) return target
  throw new GlassformerError('ERR_INTERNAL', 'a step is recorded with the past of another kind of decoder')
}
