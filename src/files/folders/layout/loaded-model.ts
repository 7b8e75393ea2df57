import { settings, type Values } from '../../../base/schema/settings.ts'
import { flag, oneOf, positiveInteger, text } from '../../../base/schema/types.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import type { Shortlist } from '../../../engine/decode/step/index.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { Parameter } from '../../../engine/weights/parameters.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { unsupportedSettings } from '../generation/unsupported-setting.ts'
import type { StoredNames } from '../tensors/fill-weights.ts'
import type { StoredDtype } from '../tensors/stored-dtype.ts'
import type { TokenizerContents, TokenizerFiles } from '../tokenizers/tokenizer-files.ts'

/** The texts that a model was trained on: 'sentences' means that longer texts are split into sentences. */
export type TrainedOn = (typeof trainedOn)[number]
export const trainedOn = ['texts', 'sentences'] as const

/** The settings of a folder in our layout, other than model, search and tokenizer. */
export const folderSettings = settings({
  unsupported: {
    type: unsupportedSettings,
    default: [],
    says: "settings that the model's translations would need and this version lacks; a training from a Marian folder notes them",
  },
  sourceLocale: {
    type: text,
    optional: true,
    says: 'the source language as a BCP 47 tag (`fr`), by whose rules texts are split into sentences',
  },
  splitTokens: { type: positiveInteger, default: 100, says: 'texts of more tokens are split into sentences' },
  trainedOn: {
    type: oneOf(...trainedOn),
    default: 'texts',
    says: '`sentences`: texts are split into sentences however short they are, as the model has never seen several at once; `texts`: only those of more than `splitTokens` are',
  },
  augmented: {
    type: flag,
    default: false,
    says: 'whether the model was trained on pairs that were made rougher (`data.augment`), as a training that goes on with it then makes them too',
  },
})

/** The settings of a model in its folder, beside the weights. */
interface ModelSettings extends Values<typeof folderSettings> {
  config: ModelConfig
  /** The search options that apply unless the caller sets others. */
  generation: GenerationOptions
  /** The file that says how probably its words are right, read when that is asked for; null or left out where there is none. */
  confidence?: string | null
  /** The settings of Hugging Face's generate() from which these options are derived. */
  settings: JsonObject
  /** The language of the translations, for a folder that names it and a model that is not told another. */
  targetLocale?: string
}

/** The contents of a folder except its weights, as its family reads them. */
export interface FolderSettings extends ModelSettings {
  tokenizer: TokenizerContents
}

export interface FolderContents extends FolderSettings {
  /** The stored tensor of each of the model's weights. */
  names(weights: readonly Parameter[], stored: ReadonlySet<string>): StoredNames
  /** Opens the file or the files of the weights. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED */
  openTensors(): TensorSource
  /** The shortlist in memory that workers share; null where the folder has none. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT */
  readShortlist(): Shortlist | null
  /** The languages of the model, for a folder that names both and a model that is not told either. */
  languages?: { source: string; target: string }
  /** The path of the tokenizer where the caller has named it. */
  tokenizerPath?: string
  /**
   * Whether config.json describes the model in our layout or Hugging Face's; folders of Marian and CTranslate2 have no
   * such file.
   */
  hasConfigJson: boolean
  /** The format of the weights' file in words, for formats other than ours and Hugging Face's. */
  storedForm?: string
}

/**
 * A model folder that has been read and checked. Weights are in a SharedArrayBuffer; everything else can be cloned to a
 * worker.
 */
export interface LoadedModel extends ModelSettings {
  /** The folder's absolute path. */
  path: string
  name: string
  weights: Weights
  /** The file from which the weights are mapped, where they are. */
  mapped?: string
  tokenizer: TokenizerFiles
  /** The shortlist, null where the folder has none. It is in SharedArrayBuffers, as the weights are. */
  shortlist: Shortlist | null
  /** The format of the weights' file in words, for formats other than ours and Hugging Face's. */
  storedForm?: string
  /** The dtype in which most weights are stored. */
  storedAs: StoredDtype
  /** Bytes of all stored weights. */
  bytes: number
}
