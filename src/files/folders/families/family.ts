import type { ModelConfig } from '../../../engine/model/config.ts'
import type { Folder } from '../../formats/disk/folder.ts'
import type { JsonObject } from '../../formats/json/json-text.ts'
import type { FolderSettings } from '../loaded-model.ts'
import type { TokenizerContents } from '../tokenizer-files.ts'
import type { WeightNames } from '../weight-names.ts'

/** A family of models: how its folders describe a model, and how they name its weights. No other code knows the family. */
export interface Family {
  /** The values of config.json's model_type that name the family. */
  modelTypes: readonly string[]
  /** Reads everything of a folder except its weights; `json` is its config.json. */
  read(folder: Folder, json: JsonObject): FolderSettings
  /** What they call the weights of such a model. */
  names(config: ModelConfig): WeightNames
  /** How Hugging Face's folders of the family are written, where it has them. */
  written?: {
    /** Whether the family can be this model. */
    takes(config: ModelConfig): boolean
    /** The config.json of such a model. */
    json(config: ModelConfig): JsonObject
    /** The kinds of tokenizers that its folders can have. */
    tokenizers: readonly TokenizerContents['kind'][]
  }
  /** The keys that config.json must have in addition where matrices are stored as I8 with their scales. */
  quantized?: JsonObject
}
