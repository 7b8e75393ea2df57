import type { Encoding, NumberFormat } from '../../../engine/backend/interface/backend.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { formatOf } from '../../../engine/weights/precision.ts'
import type { UnsupportedSetting } from '../../../files/folders/generation/unsupported-setting.ts'
import type { LoadedModel, TrainedOn } from '../../../files/folders/layout/loaded-model.ts'
import type { StoredDtype } from '../../../files/folders/tensors/stored-dtype.ts'
import { takesTexts } from '../../../files/folders/tokenizers/tokenizer-files.ts'

/** Description of a loaded model. */
export interface ModelInfo {
  /** Its folder. */
  path: string
  /** The folder's name. */
  name: string
  /** Its shape, in the form of docs/model-format.md. */
  config: ModelConfig
  /** Default options of a search with this model. */
  defaults: GenerationOptions
  /**
   * Settings of the folder that this version does not support. A translation that one of them would change throws
   * ERR_UNSUPPORTED.
   */
  unsupported: readonly UnsupportedSetting[]
  /** Texts of more tokens than this are split into sentences. */
  splitTokens: number
  /**
   * The units of the training data. With 'sentences' all texts are split into sentences, unless the caller says
   * otherwise.
   */
  trainedOn: TrainedOn
  /** The dtype of most of the weights in the folder: 'float32', 'float16', 'bfloat16', 'int8' or 'int4'. */
  storedAs: StoredDtype
  /**
   * The format of the weights' file in words, if it is neither ours nor Hugging Face's: 'CTranslate2, version 6,
   * TransformerSpec 7, int8'.
   */
  storedForm?: string
  /** Bytes of the stored weights. */
  bytes: number
  /** The format of the matrices in memory. */
  precision: NumberFormat
  /** The file of packed weights that this process shares with others; null where it has weights of its own. */
  mapped: string | null
  /** Whether the model has a tokenizer and takes texts; otherwise it takes ids. */
  hasTokenizer: boolean
  /** Whether the model has a table for the option `shortlist`. */
  hasShortlist: boolean
  /** Whether the model's folder says how probably its words are right, for the option `confidence`. */
  hasConfidence: boolean
}

/** Returns the description of a loaded model, whichever thread holds its weights. */
export const modelInfo = ({
  path,
  name,
  config,
  generation,
  unsupported,
  splitTokens,
  trainedOn,
  storedForm,
  storedAs,
  bytes,
  mapped,
  weights,
  tokenizer,
  shortlist,
  confidence,
}: Omit<LoadedModel, 'weights'> & { weights: { encoding: Encoding } }): ModelInfo => ({
  path,
  name,
  config,
  defaults: generation,
  unsupported,
  splitTokens,
  trainedOn,
  ...(storedForm !== undefined && { storedForm }),
  storedAs,
  bytes,
  precision: formatOf(weights.encoding),
  mapped: mapped ?? null,
  hasTokenizer: takesTexts(tokenizer),
  hasShortlist: shortlist !== null,
  hasConfidence: confidence != null,
})
