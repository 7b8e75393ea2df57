import { join } from 'node:path'
import { generationKeysOf } from '../../files/folders/generation-config.ts'
import { hasFile } from '../../files/formats/disk/read-file.ts'
import type { JsonObject } from '../../files/formats/json/json-text.ts'
import { readJsonObject } from '../../files/formats/json/read-json.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'

/** A model's config.json. */
export class PretrainedConfig {
  readonly [key: string]: unknown

  constructor(json: object) {
    Object.assign(this, json)
  }

  /** @throws GlassformerError as `pipeline` */
  static async from_pretrained(model: string, options: PretrainedOptions = {}): Promise<PretrainedConfig> {
    const { folder } = await pretrained(model, options)
    return configIn(folder)
  }
}

/** The config.json of a folder; empty where it has none, as folders of Marian's own files. */
export const configIn = (folder: string): PretrainedConfig => new PretrainedConfig(jsonIn(folder, 'config.json'))

/** The object in a JSON file of a folder; empty where there is no such file. */
export function jsonIn(folder: string, file: string): JsonObject {
  const path = join(folder, file)
  return hasFile(path) ? readJsonObject(path) : {}
}

/** Finds the configuration of a model. The whole model is downloaded where it is not there. */
export const AutoConfig = {
  from_pretrained: (model: string, options?: PretrainedOptions) => PretrainedConfig.from_pretrained(model, options),
}

/** The settings of generate() that a folder has. */
export const generationIn = (folder: string): JsonObject =>
  hasFile(join(folder, 'generation_config.json'))
    ? jsonIn(folder, 'generation_config.json')
    : generationKeysOf(jsonIn(folder, 'config.json'))

/** Settings of generate() by their names. */
export class GenerationConfig {
  [setting: string]: unknown

  constructor(settings: object = {}) {
    Object.assign(this, settings)
  }
}
