import type { LookingBack } from '../../base/looking-back.ts'
import type { NormOrder } from '../../base/norm-order.ts'
import type { PositionKindName } from '../../base/position-kinds.ts'

/** The shape of one stack of layers. */
export interface StackShape {
  layers: number
  heads: number
  dHead: number
  dFeedForward: number
}

/** The shape of a model. */
export interface ModelShape {
  dModel: number
  encoder: StackShape
  decoder: StackShape
  /** How the decoder looks back at its own side; masked self-attention where nothing is said. */
  decoderSelfAttention?: LookingBack
  activation: string
  norm: { kind: string; order: NormOrder }
  /** How positions enter the model. */
  positions: PositionKindName
  embeddingScale: number
  sourceVocabulary: number
  targetVocabulary: number
}
