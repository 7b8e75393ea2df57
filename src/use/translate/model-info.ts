import type { Encoding, NumberFormat } from '../../engine/backend/backend.ts'
import type { GenerationOptions } from '../../engine/decode/options.ts'
import type { ModelConfig } from '../../engine/model/config.ts'
import { formatOf } from '../../engine/weights/precision.ts'
import type { LoadedModel, TrainedOn } from '../../files/folders/loaded-model.ts'
import type { StoredDtype } from '../../files/folders/stored-dtype.ts'
import { takesTexts } from '../../files/folders/tokenizer-files.ts'
import type { UnsupportedSetting } from '../../files/folders/unsupported-setting.ts'

/** What a translator has loaded. */
export interface ModelInfo {
  /** Its folder. */
  path: string
  /** The folder's name. */
  name: string
  /** Its shape, as docs/model-format.md has it. */
  config: ModelConfig
  /** The options of a search that hold unless the caller sets others. */
  defaults: GenerationOptions
  /** Settings of the folder that this version cannot follow. A translation that one of them would change throws ERR_UNSUPPORTED. */
  unsupported: readonly UnsupportedSetting[]
  /** Texts of more tokens than this are split into sentences. */
  splitTokens: number
  /** What the model was trained on. With 'sentences' all texts are split into sentences, unless the caller says otherwise. */
  trainedOn: TrainedOn
  /** The dtype of most of the weights in the folder: 'float32', 'float16', 'bfloat16' or 'int8'. */
  storedAs: StoredDtype
  /** In words: the form of the weights' file, where it is none of ours or Hugging Face's: 'CTranslate2, version 6, TransformerSpec 7, int8'. */
  storedForm?: string
  /** Bytes of the stored weights. */
  bytes: number
  /** The format in which the matrices are held. */
  precision: NumberFormat
  /** Whether the model has a tokenizer and takes texts; else it takes ids. */
  hasTokenizer: boolean
  /** Whether the model has a table for the option `shortlist`. */
  hasShortlist: boolean
}

/** What a loaded model is, wherever its weights are. */
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
  weights,
  tokenizer,
  shortlist,
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
  hasTokenizer: takesTexts(tokenizer),
  hasShortlist: shortlist !== null,
})
