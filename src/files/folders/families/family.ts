import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import type { TensorToWrite } from '../../../formats/tensors/safetensors-writer.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import type { FolderSettings } from '../layout/loaded-model.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import type { TokenizerContents } from '../tokenizers/tokenizer-files.ts'

/** A form of tensors in a family's files that differs from that of the model's weights. */
export interface StoredForm {
  /** The tensors of a folder under the names of `WeightNames`, and in the shapes of weights. */
  read(source: TensorSource): TensorSource
  /** The tensors of the family's files, from those under the names of `WeightNames`. */
  write(tensors: Iterable<TensorToWrite>): Iterable<TensorToWrite>
}

/**
 * A family of models: the form of its config.json, and its names of weights. Only this interface gives other code
 * access to a family.
 */
export interface Family {
  /** The values of config.json's model_type that name the family. */
  modelTypes: readonly string[]
  /** The classes of transformers' that write such folders. */
  classes: readonly string[]
  /** Reads everything of a folder except its weights; `json` is its config.json. */
  read(folder: Folder, json: JsonObject): FolderSettings
  /** The names of the weights of such a model. */
  names(config: ModelConfig): WeightNames
  /** Absent where files store each weight as it is. */
  tensors?: StoredForm
  /** The description of Hugging Face's folders of the family, where there are any. */
  written?: {
    /** The part that models of the family have beyond the paper's Transformer, in some layer of their encoder. */
    part?: 'local' | 'experts'
    /** Whether the family can be this model, but for `part`. */
    takes(config: ModelConfig): boolean
    /** The config.json for such a model. */
    json(config: ModelConfig): JsonObject
    /** Additional settings of generation_config.json. */
    generation?(config: ModelConfig, generation: GenerationOptions): JsonObject
    /** The contents of preprocessor_config.json, where folders of the family have one. */
    preprocessor?(config: ModelConfig): JsonObject
    /** The kinds of tokenizers in folders of the family. */
    tokenizers: readonly TokenizerContents['kind'][]
  }
  /** The keys that config.json must have in addition where matrices are stored as I8 with their scales. */
  quantized?: JsonObject
}
