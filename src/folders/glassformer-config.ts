import { type GenerationOptions, generationDefaults, resolveOptions } from '../decode/options.ts'
import type { JsonObject } from '../formats/json-text.ts'
import {
  activations,
  checkConfig,
  longestFor,
  type ModelConfig,
  normKinds,
  normOrders,
  type Positions,
  positionKinds,
} from '../model/config.ts'
import { inFile } from './in-file.ts'
import { JsonFields } from './json-fields.ts'
import { type TrainedOn, trainedOn } from './loaded-model.ts'
import { isUnsupportedSettings, type UnsupportedSetting } from './unsupported-setting.ts'

/** The tokenizer as our config.json names it: files in the same folder. Without `target` the source's file serves both sides. */
export type TokenizerEntry =
  | { kind: 'sentencepiece'; source: string; target?: string; extraPieces?: string[] }
  | { kind: 'words'; source: string; target?: string; joiner?: string }
  | { kind: 'marian' }
  | { kind: 'none' }

/** The contents of our own config.json. */
export interface GlassformerConfig {
  model: ModelConfig
  generation: GenerationOptions
  unsupported: UnsupportedSetting[]
  tokenizer: TokenizerEntry
  sourceLocale?: string
  splitTokens: number
  trainedOn: TrainedOn
}

/** Reads our own config.json (docs/model-format.md). Absent keys have the paper's choices; an unknown key is ERR_MODEL_FORMAT. */
export function readGlassformerConfig(json: JsonObject, where: string): GlassformerConfig {
  const fields = new JsonFields(json, where)
  fields.oneOf('model_type', ['glassformer'])
  const model = readModel(fields)
  checkConfig(model, where)
  if (model.ids.end >= model.sourceVocabulary)
    fields.object('ids', false).fail('end', `below sourceVocabulary (${model.sourceVocabulary}): it ends sources too`)
  const config: GlassformerConfig = {
    model,
    generation: readGeneration(fields.object('generation', true).whole(), where),
    unsupported: readUnsupported(fields),
    tokenizer: readTokenizer(fields.object('tokenizer', true)),
    sourceLocale: fields.has('sourceLocale') ? fields.text('sourceLocale') : undefined,
    splitTokens: fields.positiveInteger('splitTokens', 100),
    trainedOn: fields.oneOf('trainedOn', trainedOn, 'texts'),
  }
  fields.refuseOthers()
  return config
}

function readModel(fields: JsonFields): ModelConfig {
  const dModel = fields.positiveInteger('dModel')
  const sourceVocabulary = fields.positiveInteger('sourceVocabulary')
  const targetVocabulary = fields.positiveInteger('targetVocabulary', sourceVocabulary)
  const norm = fields.object('norm', true)
  const positions = readPositions(fields.object('positions', true))
  const ids = fields.object('ids', false)
  const model: ModelConfig = {
    dModel,
    encoder: readStack(fields.object('encoder', false), dModel),
    decoder: readStack(fields.object('decoder', false), dModel),
    activation: fields.oneOf('activation', activations, 'relu'),
    norm: {
      kind: norm.oneOf('kind', normKinds, 'layerNorm'),
      order: norm.oneOf('order', normOrders, 'post'),
      epsilon: norm.number('epsilon', 1e-5),
    },
    positions,
    embeddingScale: fields.number('embeddingScale', Math.sqrt(dModel)),
    sourceVocabulary,
    targetVocabulary,
    sharedEmbedding: fields.flag('sharedEmbedding', sourceVocabulary === targetVocabulary),
    tiedOutput: fields.flag('tiedOutput', true),
    outputBias: fields.flag('outputBias', false),
    linearBias: fields.flag('linearBias', true),
    outputScale: fields.number('outputScale', 1),
    ids: {
      ...{ end: ids.natural('end'), start: ids.id('start'), padding: ids.id('padding'), unknown: ids.id('unknown') },
      ...(ids.has('sourceStart') && { sourceStart: ids.natural('sourceStart') }),
    },
    maxLength: fields.positiveInteger('maxLength', Math.min(512, longestFor(positions))),
  }
  norm.refuseOthers()
  ids.refuseOthers()
  return model
}

function readStack(fields: JsonFields, dModel: number): ModelConfig['encoder'] {
  const heads = fields.positiveInteger('heads')
  if (!fields.has('dHead') && dModel % heads)
    fields.fail('heads', `a divisor of dModel (${dModel}) where dHead is not given`)
  const stack = {
    layers: fields.positiveInteger('layers'),
    heads,
    dHead: fields.positiveInteger('dHead', dModel / heads),
    dFeedForward: fields.positiveInteger('dFeedForward'),
  }
  fields.refuseOthers()
  return stack
}

function readPositions(fields: JsonFields): Positions {
  const positions = positionsOf(fields)
  fields.refuseOthers()
  return positions
}

function positionsOf(fields: JsonFields): Positions {
  const kind = fields.oneOf('kind', positionKinds, 'interleaved')
  if (kind === 'learned') {
    const rows = fields.positiveInteger('rows')
    const offset = fields.natural('offset', 0)
    if (offset >= rows) fields.fail('offset', `below rows (${rows})`)
    return { kind, rows, offset }
  }
  return kind === 'relative' ? { kind, clip: fields.positiveInteger('clip') } : { kind }
}

function readGeneration(given: JsonObject, where: string): GenerationOptions {
  const notNull = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
  return inFile(`${where}: generation`, () => resolveOptions(notNull, generationDefaults))
}

function readUnsupported(fields: JsonFields): UnsupportedSetting[] {
  const value = fields.value('unsupported') ?? []
  return isUnsupportedSettings(value) ? value : fields.fail('unsupported', 'a list of { name, value, file }')
}

function readTokenizer(fields: JsonFields): TokenizerEntry {
  const kind = fields.oneOf('kind', ['sentencepiece', 'marian', 'words', 'none'], 'none')
  const plain = (name: 'source' | 'target') => {
    const file = fields.text(name)
    // A path in the name could lead out of the folder.
    if (!/^[^/\\]+$/.test(file) || file === '..' || file === '.') fields.fail(name, 'the name of a file in this folder')
    return file
  }
  const files = () => ({ source: plain('source'), ...(fields.has('target') ? { target: plain('target') } : {}) })
  const extra = () => (fields.has('extraPieces') ? { extraPieces: fields.texts('extraPieces') } : {})
  const joiner = () => (fields.has('joiner') ? { joiner: fields.wordOrNothing('joiner') } : {})
  const entry: TokenizerEntry =
    kind === 'sentencepiece'
      ? { kind, ...files(), ...extra() }
      : kind === 'words'
        ? { kind, ...files(), ...joiner() }
        : { kind }
  fields.refuseOthers()
  return entry
}

/** The config.json of a model: every choice written out, so that defaults may change without changing the model. */
export function glassformerJson({ model, unsupported, ...rest }: GlassformerConfig): JsonObject {
  return { model_type: 'glassformer', ...model, ...rest, ...(unsupported.length && { unsupported }) }
}
