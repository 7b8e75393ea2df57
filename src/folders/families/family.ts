import type { JsonObject } from '../../formats/json-text.ts'
import type { FolderSettings } from '../loaded-model.ts'
import type { WeightNames } from '../weight-names.ts'

/** A family of models: what its folders say of a model, and what they call its weights. Nothing else knows the family. */
export interface Family {
  /** The values of config.json's model_type that mean it. */
  modelTypes: readonly string[]
  /** What a folder says beside its weights; `json` is its config.json. */
  read(folder: string, json: JsonObject): FolderSettings
  names: WeightNames
  /** What config.json has to say besides where matrices are stored as I8 with their scales. */
  quantized?: JsonObject
}
