import { join } from 'node:path'
import { generationKeysOf } from '../../files/folders/generation/generation-config.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import type { JsonObject } from '../../formats/json/json-text.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'

/** The config.json of a model. */
export class PretrainedConfig {
  readonly [key: string]: unknown

  constructor(json: object) {
    Object.assign(this, json)
  }

  /** @throws GlassformerError as `pipeline` */
  static async from_pretrained(model: string, options: PretrainedOptions = {}): Promise<PretrainedConfig> {
    const { folder } = await pretrained(model, options, { weights: false })
    return configIn(folder)
  }
}

/** The config.json of a folder; empty if it has none, as folders of Marian's own files. */
export const configIn = (folder: string): PretrainedConfig => new PretrainedConfig(jsonIn(folder, 'config.json'))

/** The object in a JSON file of a folder; empty if there is no such file. */
export function jsonIn(folder: string, file: string): JsonObject {
  const path = join(folder, file)
  return hasFile(path) ? readJsonObject(path) : {}
}

/** Finds the configuration of a model, which is downloaded with its tokenizer where it is not there. */
export const AutoConfig = {
  from_pretrained: (model: string, options?: PretrainedOptions) => PretrainedConfig.from_pretrained(model, options),
}

/** The generation settings of a folder. */
export const generationIn = (folder: string): JsonObject =>
  hasFile(join(folder, 'generation_config.json'))
    ? jsonIn(folder, 'generation_config.json')
    : generationKeysOf(jsonIn(folder, 'config.json'))

/** Generation settings by name. */
export class GenerationConfig {
  [setting: string]: unknown

  constructor(settings: object = {}) {
    Object.assign(this, settings)
  }
}
