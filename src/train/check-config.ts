import { GlassformerError, shown } from '../errors.ts'
import { JsonFields } from '../folders/json-fields.ts'
import { isJsonObject } from '../formats/json-text.ts'
import { readTrainConfig, type TrainConfig } from './config.ts'
import { settingsOf } from './settings.ts'

/** @throws GlassformerError ERR_OPTION where these are no settings that a file could say; `where` is what messages call them */
export function checkTrainConfig(config: unknown, where: string): asserts config is TrainConfig {
  if (!isJsonObject(config))
    throw new GlassformerError('ERR_OPTION', `${where} must be an object, not ${shown(config)}`)
  const fields = new JsonFields(config, where, 'ERR_OPTION')
  for (const group of ['data', 'validation']) fields.object(group, false)
  const training = fields.object('training', false)
  for (const group of ['schedule', 'optimizer', 'loss', 'dropout']) training.object(group, false)
  if (fields.has('model')) fields.object('model', false).object('positions', false)
  if (fields.has('vocabulary')) fields.object('vocabulary', false)
  readTrainConfig(settingsOf(config as unknown as TrainConfig), where)
}
