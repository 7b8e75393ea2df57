import { groupOf } from '../../../base/schema/groups.ts'
import { inFile, type Place } from '../../../base/schema/place.ts'
import { read, settings, type Values } from '../../../base/schema/settings.ts'
import { oneOf } from '../../../base/schema/types.ts'
import { fitted, type GenerationOptions, generationSettings } from '../../../engine/decode/settings/options.ts'
import {
  checkConfig,
  configSettings,
  isDecoderOnly,
  type ModelConfig,
  type StackConfig,
  stackSettings,
} from '../../../engine/model/config/config.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { type TokenizerEntry, tokenizerEntry } from '../tokenizers/tokenizer-entry.ts'
import { folderSettings } from './loaded-model.ts'

/** The contents of our own config.json. */
export interface GlassformerConfig extends Values<typeof folderSettings> {
  model: ModelConfig
  generation: GenerationOptions
  tokenizer: TokenizerEntry
}

/** A stack of layers in the file: a head's width, where it is left out, follows from the model's width. */
export const writtenStackSettings = settings({
  ...stackSettings,
  dHead: { ...stackSettings.dHead, optional: true, otherwise: 'dModel / heads' },
})

const writtenStack = groupOf(writtenStackSettings)

/** The settings of our own config.json. */
export const writtenSettings = settings({
  model_type: { type: oneOf('glassformer'), says: 'the layout' },
  ...configSettings,
  encoder: { ...configSettings.encoder, type: writtenStack, optional: true },
  decoder: { ...configSettings.decoder, type: writtenStack },
  generation: {
    type: groupOf(generationSettings),
    otherwise: 'greedy search',
    says: 'how translations are searched for: options of `translate`, by their names',
  },
  tokenizer: { type: tokenizerEntry, otherwise: 'none', says: 'the files that make ids of texts' },
  ...folderSettings,
})

/**
 * Reads our own config.json (docs/model-format.md). Absent keys have the paper's values; an unknown key is
 * ERR_MODEL_FORMAT.
 */
export function readGlassformerConfig(json: JsonObject, where: string): GlassformerConfig {
  const place = inFile(where)
  const { model_type, generation, unsupported, tokenizer, sourceLocale, splitTokens, trainedOn, augmented, ...model } =
    read(writtenSettings, json, place)
  const stack = (side: 'encoder' | 'decoder') =>
    wholeStack(model[side] ?? place.fail(side, 'an object', undefined), model.dModel, place.within(side))
  const decoder = stack('decoder')
  const isAlone = isDecoderOnly(model) && !model.encoder
  const config: ModelConfig = { ...model, encoder: isAlone ? { ...decoder, layers: 0 } : stack('encoder'), decoder }
  checkConfig(config, where)
  const { ids, sourceVocabulary } = config
  if (ids.sourceEnd === undefined && ids.end >= sourceVocabulary)
    place.within('ids').fail('end', `below sourceVocabulary (${sourceVocabulary}): it ends sources too`, ids.end)
  const given = (json.generation ?? {}) as JsonObject
  return {
    model: config,
    generation: fitted(generation, given, place.within('generation')),
    unsupported,
    tokenizer,
    sourceLocale,
    splitTokens,
    trainedOn,
    augmented,
  }
}

function wholeStack(
  stack: Omit<StackConfig, 'dHead'> & Partial<StackConfig>,
  dModel: number,
  place: Place,
): StackConfig {
  const { heads, dHead } = stack
  if (dHead === undefined && dModel % heads)
    place.fail('heads', `a divisor of dModel (${dModel}) where dHead is not given`, heads)
  return { ...stack, dHead: dHead ?? dModel / heads }
}

/** The config.json of a model with every setting written out, so that later defaults do not change the model. */
export function glassformerJson({ model, unsupported, ...rest }: GlassformerConfig): JsonObject {
  const json = { model_type: 'glassformer', ...model, ...rest, ...(unsupported.length && { unsupported }) }
  if (!isDecoderOnly(model)) return json
  const { encoder: _, ...alone } = json
  return alone
}
