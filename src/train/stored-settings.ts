import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { JsonFields } from '../folders/json-fields.ts'
import { isJsonObject, type JsonObject, readJsonObject } from '../formats/json-text.ts'
import { replaceText } from '../formats/replace-file.ts'
import { readTrainConfig, type TrainConfig, type VocabularySettings } from './config.ts'
import type { ModelSettings } from './model-settings.ts'
import { settingsOf } from './settings.ts'

/** Where a run's folder keeps its settings. */
export const settingsPath = (folder: string): string => join(folder, 'settings.json')

/** The settings of the training in this folder; null where none was begun. @throws GlassformerError ERR_MODEL_FORMAT for a damaged file */
export function readSettings(folder: string): TrainConfig | null {
  const path = settingsPath(folder)
  if (!existsSync(path)) return null
  const stored = readJsonObject(path)
  const { model, vocabulary } = stored
  const settings = {
    ...stored,
    ...(isJsonObject(model) && { model: { ...earlierModel, ...model } }),
    ...(isJsonObject(vocabulary) && {
      vocabulary: { ...(vocabulary.type !== 'words' && earlierVocabulary), ...vocabulary },
    }),
  }
  check(settings, path)
  return settings as unknown as TrainConfig
}

/** @throws GlassformerError ERR_MODEL_FORMAT where settings of a file could not say these */
function check(settings: JsonObject, path: string): void {
  try {
    const fields = new JsonFields(settings, path)
    const training = fields.object('training', false)
    for (const group of ['schedule', 'optimizer', 'loss', 'dropout']) training.object(group, false)
    if (fields.has('model')) fields.object('model', false).object('positions', false)
    if (fields.has('vocabulary')) fields.object('vocabulary', false)
    readTrainConfig(settingsOf(settings as unknown as TrainConfig), path)
  } catch (cause) {
    const { message } = cause as GlassformerError
    throw new GlassformerError('ERR_MODEL_FORMAT', `${message}; mend it, or train into another folder`, { cause })
  }
}

// Of runs that were begun before there was a choice: what they do not say was this.
const earlierModel: Partial<ModelSettings> = { positions: { kind: 'halves' }, tying: 'all', initialisation: 'glorot' }
const earlierVocabulary: Partial<VocabularySettings> = { punctuation: 'kept' }

export function storeSettings(folder: string, config: TrainConfig): void {
  replaceText(settingsPath(folder), `${JSON.stringify(config, null, 2)}\n`)
}
