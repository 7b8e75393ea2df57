import type { EncoderWeights } from '../../../engine/encode/index.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { openModelTensors } from '../../../formats/tensors/model-tensors.ts'
import { isCtranslate2Folder } from '../ctranslate2/files.ts'
import { checkVocabulary, ctranslate2Encoder } from './ctranslate2-encoder.ts'
import { type EncoderTokenizerFiles, readEncoderTokenizer } from './encoder-tokenizer.ts'
import { encoderFamilyOf } from './families/index.ts'
import { type EncoderSettings, type EncoderStorage, readEncoderModel } from './read-encoder.ts'
import { readSentenceModules, type SentenceSettings } from './sentence-modules.ts'
import type { StoredEncoder } from './stored-encoder.ts'

/** What an encoder is, beside its weights; it can be cloned to a worker. */
export interface EncoderDescription extends EncoderSettings {
  /** The folder's absolute path. */
  path: string
  name: string
  tokenizer: EncoderTokenizerFiles
  sentence: SentenceSettings
  /** The activation of a cross-encoder's scores. */
  scoreActivation: 'sigmoid' | 'identity'
  /** The longest text in tokens. */
  maxLength: number
}

/** An encoder that has been read and checked. */
export interface LoadedEncoder extends EncoderDescription {
  weights: EncoderWeights
}

/**
 * Reads an encoder from any kind of storage; `within` opens a folder of the folder.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED
 */
export function readEncoder(
  folder: Folder,
  named: { path: string; name: string },
  within: (name: string) => Folder,
  storage: EncoderStorage = {},
): LoadedEncoder {
  const isCtranslate2 = isCtranslate2Folder(folder)
  const stored = isCtranslate2 ? ctranslate2Encoder(folder) : huggingFaceEncoder(folder) // is it an encoder at all?
  const sentence = readSentenceModules(folder, within)
  const tokenizer = readEncoderTokenizer(folder)
  if (isCtranslate2) checkVocabulary(folder, tokenizer.definition)
  const model = readEncoderModel(stored, storage) // the weights last: a page fetches files as they are asked for
  const limits = [sentence.maxLength, sentence.isStored ? null : tokenizer.maxLength, model.config.maxLength]
  const maxLength = Math.min(...limits.filter((limit) => limit !== null))
  return {
    ...named,
    ...model,
    tokenizer,
    sentence,
    maxLength,
    scoreActivation: scoreActivation(stored.json, model.labels.length),
  }
}

function huggingFaceEncoder(folder: Folder): StoredEncoder {
  const [json, where] = [folder.json('config.json'), folder.at('config.json')]
  return { family: encoderFamilyOf(json.model_type, where), json, where, open: () => openModelTensors(folder) }
}

/** The activation of a cross-encoder: that of its configuration, else a sigmoid of a single score. */
function scoreActivation(json: JsonObject, labels: number): 'sigmoid' | 'identity' {
  const named =
    (json.sentence_transformers as { activation_fn?: unknown } | undefined)?.activation_fn ??
    json.sbert_ce_default_activation_function
  if (typeof named === 'string') return /Sigmoid/.test(named) ? 'sigmoid' : 'identity'
  return labels === 1 ? 'sigmoid' : 'identity'
}
