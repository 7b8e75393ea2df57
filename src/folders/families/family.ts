import type { JsonObject } from '../../formats/json-text.ts'
import type { FolderSettings } from '../loaded-model.ts'
import type { WeightNames } from '../weight-names.ts'

/** A family of models: how its folders describe a model, and how they name its weights. No other code knows the family. */
export interface Family {
  /** The values of config.json's model_type that name the family. */
  modelTypes: readonly string[]
  /** Reads everything of a folder except its weights; `json` is its config.json. */
  read(folder: string, json: JsonObject): FolderSettings
  names: WeightNames
  /** The keys that config.json must have in addition where matrices are stored as I8 with their scales. */
  quantized?: JsonObject
}
