import { hasTopNorm, normNames, operationsOf } from '../base/choices/norm-order.ts'
import { addsToEmbeddings } from '../base/choices/position-kinds.ts'
import {
  hasFeedForward,
  moduleOf,
  type SelfAttentionKind,
  selfAttentionKindOf,
} from '../base/choices/self-attention-kind.ts'
import { present } from '../base/present.ts'
import { whole } from '../base/values/number-text.ts'
import type { Color } from './marks/palette.ts'
import { hasEncoder, type ModelShape } from './model-shape.ts'

/** A part of a stack, drawn above the part before it. */
export interface Part {
  /**
   * `box`: a layer that computes; `small`: a norm or a sum; `arrow`: data flow; `frame`: around the parts of a layer,
   * which follow.
   */
  kind: 'box' | 'small' | 'arrow' | 'frame'
  height: number
  /** The name in the listing: 'encoder.0.selfAttention'. */
  name?: string
  text?: string
  detail?: string
  color?: Color
  /** For an arrow where a residual leaves: the distance above the arrow's head at which the residual returns. */
  around?: number
  /** For a frame: the total height of its parts. */
  inner?: number
}

/** The number of rows in matrices of source and target: a number of tokens, or a letter. */
export interface Flow {
  source: string
  target: string
}

const BOX = 30
const SMALL = 20
const SUM = 16

export const total = (parts: readonly Part[]): number => parts.reduce((sum, { height }) => sum + height, 0)

/** The parts of a stack from the bottom up, including embeddings and output. */
export function stackParts(side: 'encoder' | 'decoder', model: ModelShape, flow: Flow): Part[] {
  const rows = side === 'encoder' ? flow.source : flow.target
  const states = `[${rows} × ${model.dModel}]`
  const layers = Array.from({ length: model[side].layers }, (_, i) => [
    arrow(24, states),
    ...layerParts(side, i, model, flow),
  ])
  const last = hasTopNorm(model.norm.order) ? [arrow(10), normPart(`${side}.norm`, model)] : []
  const output = side === 'encoder' ? [] : outputParts(model, rows)
  return [...embeddingParts(side, model), ...layers.flat(), ...last, ...output]
}

const arrow = (height: number, text?: string, around?: number): Part => ({ kind: 'arrow', height, text, around })

function embeddingParts(side: 'encoder' | 'decoder', model: ModelShape): Part[] {
  const vocabulary = side === 'encoder' ? model.sourceVocabulary : model.targetVocabulary
  const scale = model.embeddingScale === 1 ? '' : ` × ${Number(model.embeddingScale.toPrecision(4))}`
  const color = 'var(--head7)'
  const detail = `row of [${whole(vocabulary)} × ${model.dModel}]${scale}`
  const embedding: Part = { kind: 'box', height: BOX, name: `${side}.embedding`, text: 'Embedding', detail, color }
  if (!addsToEmbeddings[model.positions]) return [arrow(14), embedding]
  const positions = { text: 'Add positions', detail: model.positions, color } as const
  return [arrow(14), embedding, arrow(10), { kind: 'small', height: SMALL, name: `${side}.positions`, ...positions }]
}

function layerParts(side: 'encoder' | 'decoder', layer: number, model: ModelShape, flow: Flow): Part[] {
  const { heads, dHead, dFeedForward, experts, local, image, compressed } = model[side]
  const mixed = experts ? `, ${experts.k} of ${whole(experts.count)} experts` : ''
  const isDecoder = side === 'decoder'
  const at = `${side}.${layer}`
  const rows = isDecoder ? flow.target : flow.source
  const attention = (keys: string) => `${heads} heads of ${dHead}, [${rows} × ${keys}]`
  const inImage = image && `${heads} × ${dHead}, block ${image.block.join(' × ')}, flange ${image.flange.join(' × ')}`
  const near = inImage ?? (local ? `${heads} × ${dHead}, less than ${whole(local)} away` : attention(rows))
  const own = compressed?.layers.includes(layer) ? `${heads} × ${dHead}, a key for ${compressed.factor} tokens` : near
  const sublayers: Part[] = [
    lookingBack(side, at, model, own),
    ...(isDecoder && hasEncoder(model)
      ? [
          {
            ...({ kind: 'box', height: BOX, name: `${at}.crossAttention`, color: 'var(--head3)' } as const),
            text: 'Encoder-decoder attention',
            detail: attention(flow.source),
          },
        ]
      : []),
    ...(hasFeedForward(model, side)
      ? [
          {
            ...({ kind: 'box', height: BOX, name: `${at}.feedForward`, color: 'var(--head2)' } as const),
            text: 'Feed-forward',
            detail: `${model.dModel} → ${dFeedForward} ${model.activation} → ${model.dModel}${mixed}`,
          },
        ]
      : []),
  ]
  const inside = [...sublayers.flatMap((sublayer) => addAndNorm(sublayer, model)), arrow(8)]
  return [{ kind: 'frame', height: 0, name: at, text: `layer ${layer}`, inner: total(inside) }, ...inside]
}

/** Self-attention, masked in the decoder, or the module that replaces it. */
function lookingBack(side: 'encoder' | 'decoder', at: string, model: ModelShape, attention: string): Part {
  const { dModel } = model
  const kind = selfAttentionKindOf(model, side)
  const isDecoder = side === 'decoder'
  const words: Record<SelfAttentionKind, Pick<Part, 'text' | 'detail'>> = {
    attention: { text: isDecoder ? 'Masked self-attention' : 'Self-attention', detail: attention },
    ssru: { text: 'SSRU', detail: `a state of ${dModel}, from token to token` },
    average: { text: 'Average attention', detail: 'the mean of all tokens so far' },
    convolution: {
      text: 'Convolutions',
      detail: isDecoder ? '3, 3, 15 and 15 × 8 tokens back' : '3, 3, 15 and 15 × 8 tokens',
    },
  }
  const name = `${at}.${moduleOf[kind]}`
  return { kind: 'box', height: BOX, color: 'var(--head0)', name, ...words[kind] }
}

/**
 * A sub-layer with its norms and its residual connection: Norm(x + f(x)), x + f(Norm(x)), or an order from Marian's
 * options.
 */
function addAndNorm(sublayer: Part, model: ModelShape): Part[] {
  const { order } = model.norm
  const { before, after } = normNames(present(sublayer.name), order)
  const below = before ? [normPart(before, model), arrow(8)] : []
  const above = operationsAbove([...operationsOf(order).after].filter((each) => each !== 'd').join(''), after, model)
  const sum = above.findIndex(({ text }) => text?.startsWith('Add'))
  const around = sum < 0 ? undefined : total([...below, sublayer, ...above.slice(0, sum)]) + above[sum].height / 2
  return [arrow(14, undefined, around), ...below, sublayer, ...above]
}

function operationsAbove(operations: string, norm: string | null, model: ModelShape): Part[] {
  const sum: Part = { kind: 'small', height: SUM, text: 'Add', color: 'var(--head5)' }
  if (operations === 'an') return [arrow(8), normPart(present(norm), model, 'Add & ')]
  return [...operations].flatMap((each) => [arrow(8), each === 'a' ? sum : normPart(present(norm), model)])
}

function normPart(name: string, { norm: { kind } }: ModelShape, before = ''): Part {
  const text = before + (kind === 'rmsNorm' ? 'RMSNorm' : 'LayerNorm')
  return { kind: 'small', height: SMALL, name, text, color: 'var(--head5)' }
}

function outputParts({ dModel, targetVocabulary }: ModelShape, rows: string): Part[] {
  const logits = `[${rows} × ${whole(targetVocabulary)}]`
  const color = 'var(--head1)'
  return [
    arrow(24, `[${rows} × ${dModel}]`),
    { kind: 'box', height: BOX, name: 'output', text: 'Linear', detail: `→ logits ${logits}`, color },
    arrow(10),
    { kind: 'small', height: SMALL, name: 'softmax', text: 'Softmax', detail: 'probability of each token', color },
    arrow(14),
  ]
}
