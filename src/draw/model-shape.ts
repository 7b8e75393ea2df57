import type { NormOrder } from '../base/choices/norm-order.ts'
import type { PositionKindName } from '../base/choices/position-kinds.ts'
import type { StackKinds } from '../base/choices/self-attention-kind.ts'

/** The shape of one stack of layers. */
export interface StackShape {
  layers: number
  heads: number
  dHead: number
  dFeedForward: number
  /** Experts, of which each token has k, in place of one feed-forward network, in all layers or in these; absent where there is one. */
  experts?: { count: number; k: number; layers?: readonly number[] }
  /** Local attention: a token sees those of its own side that are fewer than so many away; left out: it sees them all. */
  local?: number
  /** Local attention in two dimensions: sizes of the image, of its blocks and of what a block sees around it, [height, width]; left out: none. */
  image?: Readonly<Record<'image' | 'block' | 'flange', readonly [number, number]>>
  /** Layers that attend to compressed memory in place of near tokens, a row for each `factor` tokens; left out: none. */
  compressed?: { factor: number; layers: number[] }
}

/** Whether the model has an encoder; otherwise it is a decoder alone, which reads its prompt too. */
export const hasEncoder = ({ encoder }: Pick<ModelShape, 'encoder'>): boolean => encoder.layers > 0

/** The shape of a model. */
export interface ModelShape extends StackKinds {
  dModel: number
  encoder: StackShape
  decoder: StackShape
  activation: string
  norm: { kind: string; order: NormOrder }
  /** The kind of positions. */
  positions: PositionKindName
  embeddingScale: number
  sourceVocabulary: number
  targetVocabulary: number
}
