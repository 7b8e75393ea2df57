import { GlassformerError } from '../../base/errors.ts'
import { moduleOf } from '../../base/looking-back.ts'
import type { Program } from '../program/program.ts'
import type { Tensor } from '../program/tensor.ts'
import { addAndNorm } from './add-and-norm.ts'
import { selfAttention } from './attention.ts'
import { averageAttention } from './average-attention.ts'
import type { ModelConfig } from './config.ts'
import { type DecoderSelfAttention, decoderSelfAttention } from './decoder-self-attention.ts'
import { localAttention } from './local/local-attention.ts'
import type { StackPositions } from './positions/stack-positions.ts'
import { type StatePast, ssruLayer } from './ssru.ts'
import { type Past, stepAttention } from './step-attention.ts'

/**
 * The tokens that a decoder layer looks back at on its own side: whole targets at once, or the past of one new token for each row, which is keys and
 * values, or the state of a recurrence.
 */
export type TargetSide = { spans: Tensor } | { past: (layer: number) => Past } | { state: (layer: number) => StatePast }

/** The first sub-layer of a decoder layer, inside Add & Norm: x [rows, dModel] → [rows, dModel]. */
export type LookBack = (x: Tensor, layer: number) => Tensor

type Kind = DecoderSelfAttention['kind']

/** Masked self-attention (paper 3.2.3), and the recurrences that may stand in its place. */
const ways: { readonly [K in Kind]: (...given: Given<K>) => LookBack } = {
  attention(p, _, { positions, target, config }) {
    const attending = { stack: config.decoder, positions: positions.attended() }
    if ('past' in target)
      return (x, layer) =>
        addAndNorm(p, moduleOf.attention, x, stepAttention(p, attending, target.past(layer), config), config)
    const own = { ...wholeTargets(target), causal: true }
    const whole = localAttention(p, 'decoder', attending, config)
    return (x, layer) => addAndNorm(p, moduleOf.attention, x, selfAttention(p, whole(layer), own, config), config)
  },
  ssru:
    (p, own, { target, config }) =>
    (x, layer) =>
      ssruLayer(p, x, stateOf(target, layer), own, config),
  average:
    (p, own, { target, config }) =>
    (x, layer) =>
      averageAttention(p, x, stateOf(target, layer), own, config),
}

type Given<K extends Kind> = [
  p: Program,
  own: DecoderSelfAttention & { kind: K },
  decoder: { positions: StackPositions; target: TargetSide; config: ModelConfig },
]

/** How the layers of this decoder look back at their own side. Called in the module of the stack, before its first layer. */
export function lookingBack(p: Program, positions: StackPositions, target: TargetSide, config: ModelConfig): LookBack {
  const own = decoderSelfAttention(config)
  const way = ways[own.kind] as (...given: Given<Kind>) => LookBack
  return way(p, own, { positions, target, config })
}

const stateOf = (target: TargetSide, layer: number): StatePast | { spans: Tensor } =>
  'state' in target ? target.state(layer) : wholeTargets(target)

function wholeTargets(target: TargetSide): { spans: Tensor } {
  if ('spans' in target) return target
  throw new GlassformerError('ERR_INTERNAL', 'a step is recorded with the past of another kind of decoder')
}
