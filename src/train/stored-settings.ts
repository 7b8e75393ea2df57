import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { isJsonObject, type JsonObject, readJsonObject } from '../formats/json-text.ts'
import { replaceText } from '../formats/replace-file.ts'
import { checkTrainConfig } from './check-config.ts'
import type { TrainConfig, VocabularySettings } from './config.ts'
import type { ModelSettings } from './model-settings.ts'

/** Where a run's folder keeps its settings. */
export const settingsPath = (folder: string): string => join(folder, 'settings.json')

/** The settings of the training in this folder; null where none was begun. @throws GlassformerError ERR_MODEL_FORMAT for a damaged file */
export function readSettings(folder: string): TrainConfig | null {
  const path = settingsPath(folder)
  if (!existsSync(path)) return null
  const stored = readJsonObject(path)
  const { model, vocabulary } = stored
  const settings: JsonObject = {
    ...stored,
    ...(isJsonObject(model) && { model: { ...earlierModel, ...model } }),
    ...(isJsonObject(vocabulary) && {
      vocabulary: { ...(vocabulary.type !== 'words' && earlierVocabulary), ...vocabulary },
    }),
  }
  try {
    checkTrainConfig(settings, path)
    return settings
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
