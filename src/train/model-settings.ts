import type { JsonFields } from '../folders/json-fields.ts'
import type { JsonObject } from '../formats/json-text.ts'
import {
  type Activation,
  activations,
  MOST_CLIP,
  type ModelConfig,
  normOrders,
  type Positions,
  positionKinds,
} from '../model-config.ts'
import { type Initialisation, initialisations } from './initialise.ts'

/** What shares one matrix: all of source embedding, target embedding and output that can, the embeddings, the target's with the output. */
export const tyings = ['all', 'embeddings', 'output', 'none'] as const
export type Tying = (typeof tyings)[number]

/** The shape of a new model, and its first weights. */
export interface ModelSettings {
  dModel: number
  encoderLayers: number
  decoderLayers: number
  heads: number
  dFeedForward: number
  activation: Activation
  order: ModelConfig['norm']['order']
  positions: Positions
  tying: Tying
  initialisation: Initialisation
  maxLength: number
}

/** Settings with their defaults. @throws GlassformerError ERR_OPTION naming file, field and what it may be */
export function readModelSettings(fields: JsonFields): ModelSettings {
  const maxLength = fields.positiveInteger('maxLength', 512)
  const model: ModelSettings = {
    dModel: fields.positiveInteger('dModel', 256),
    encoderLayers: fields.positiveInteger('encoderLayers', 3),
    decoderLayers: fields.positiveInteger('decoderLayers', 3),
    heads: fields.positiveInteger('heads', 4),
    dFeedForward: fields.positiveInteger('dFeedForward', 1024),
    activation: fields.oneOf('activation', activations, 'relu'),
    order: fields.oneOf('norm', normOrders, 'post'),
    positions: readPositions(fields, maxLength),
    tying: fields.oneOf('tying', tyings, 'all'),
    initialisation: fields.oneOf('initialisation', initialisations, 'glorot'),
    maxLength,
  }
  if (model.dModel % 2) fields.fail('dModel', 'even')
  if (model.dModel % model.heads) fields.fail('heads', `a divisor of dModel ${model.dModel}`)
  fields.refuseOthers()
  return model
}

function readPositions(fields: JsonFields, maxLength: number): Positions {
  const kind = fields.oneOf('positions', positionKinds, 'halves')
  if (kind !== 'relative' && fields.has('clip')) fields.fail('clip', `left out where positions are ${kind}`)
  if (kind === 'learned') return { kind, rows: maxLength, offset: 0 }
  if (kind !== 'relative') return { kind }
  const clip = fields.positiveInteger('clip', 16)
  if (clip > MOST_CLIP) fields.fail('clip', `at most ${MOST_CLIP}`)
  return { kind, clip }
}

/** What readModelSettings reads as these. */
export function modelSettingsJson({ order, positions, ...shape }: ModelSettings): JsonObject {
  return {
    ...shape,
    norm: order,
    positions: positions.kind,
    ...(positions.kind === 'relative' && { clip: positions.clip }),
  }
}

/** Which matrices are one. `joint`: source and target have one vocabulary. */
export const tied = (tying: Tying, joint: boolean): Pick<ModelConfig, 'sharedEmbedding' | 'tiedOutput'> => ({
  sharedEmbedding: joint && (tying === 'all' || tying === 'embeddings'),
  tiedOutput: tying === 'all' || tying === 'output',
})
