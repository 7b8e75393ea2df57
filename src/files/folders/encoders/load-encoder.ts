import { statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { EncoderWeights } from '../../../engine/encode/index.ts'
import { DiskFolder } from '../../../formats/disk/disk-folder.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { fileError } from '../../../formats/disk/read-file.ts'
import { type EncoderTokenizerFiles, readEncoderTokenizer } from './encoder-tokenizer.ts'
import { type EncoderSettings, type EncoderStorage, readEncoderModel } from './read-encoder.ts'
import { readSentenceModules, type SentenceSettings } from './sentence-modules.ts'

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

/** Loads an encoder's folder from disk. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED */
export function loadEncoder(path: string, storage: EncoderStorage = {}): LoadedEncoder {
  const full = resolve(path)
  try {
    statSync(full)
  } catch (cause) {
    throw fileError('read the model folder', full, cause)
  }
  return readEncoder(
    new DiskFolder(full),
    { path: full, name: basename(full) },
    (name) => new DiskFolder(join(full, name)),
    storage,
  )
}

/** Reads an encoder from any kind of storage; `within` opens a folder of the folder. */
export function readEncoder(
  folder: Folder,
  named: { path: string; name: string },
  within: (name: string) => Folder,
  storage: EncoderStorage = {},
): LoadedEncoder {
  const model = readEncoderModel(folder, storage)
  const sentence = readSentenceModules(folder, within)
  const tokenizer = readEncoderTokenizer(folder)
  const limits = [sentence.maxLength, sentence.isStored ? null : tokenizer.maxLength, model.config.maxLength]
  const maxLength = Math.min(...limits.filter((limit) => limit !== null))
  return {
    ...named,
    ...model,
    tokenizer,
    sentence,
    maxLength,
    scoreActivation: scoreActivation(folder, model.labels.length),
  }
}

/** The activation of a cross-encoder: that of its configuration, else a sigmoid of a single score. */
function scoreActivation(folder: Folder, labels: number): 'sigmoid' | 'identity' {
  const json = folder.json('config.json')
  const named =
    (json.sentence_transformers as { activation_fn?: unknown } | undefined)?.activation_fn ??
    json.sbert_ce_default_activation_function
  if (typeof named === 'string') return /Sigmoid/.test(named) ? 'sigmoid' : 'identity'
  return labels === 1 ? 'sigmoid' : 'identity'
}
