import type { GenerationOptions } from '../decode/options.ts'
import type { Shortlist } from '../decode/shortlist.ts'
import type { ModelConfig } from '../model/config.ts'
import type { Parameter } from '../weights/parameters.ts'
import type { Weights } from '../weights/weights.ts'
import type { StoredNames } from './fill-weights.ts'
import type { StoredDtype } from './stored-dtype.ts'
import type { TokenizerContents, TokenizerFiles } from './tokenizer-files.ts'
import type { UnsupportedSetting } from './unsupported-setting.ts'

/** What a model was trained on: texts are split into sentences for one that knows these only. */
export type TrainedOn = (typeof trainedOn)[number]
export const trainedOn = ['texts', 'sentences'] as const

/** What a folder says of its model beside the weights. */
interface ModelSettings {
  config: ModelConfig
  /** How this model is decoded unless the caller says otherwise. */
  generation: GenerationOptions
  /** What its settings ask for beside, and this version cannot do. */
  unsupported: UnsupportedSetting[]
  /** The source language as the folder names it, where it does. */
  sourceLocale?: string
  /** Inputs of more tokens than this are split into sentences. */
  splitTokens: number
  /** 'sentences': inputs are split into sentences however short they are. */
  trainedOn: TrainedOn
}

/** What a folder says beside its weights, read as its family has it. */
export interface FolderSettings extends ModelSettings {
  tokenizer: TokenizerContents
}

export interface FolderContents extends FolderSettings {
  /** Which of the tensors `stored` is which of the model's weights. */
  names(weights: readonly Parameter[], stored: ReadonlySet<string>): StoredNames
}

/** A model folder, read and checked. Weights lie in a SharedArrayBuffer; everything else can be cloned to a worker. */
export interface LoadedModel extends ModelSettings {
  /** The folder's absolute path. */
  path: string
  name: string
  weights: Weights
  tokenizer: TokenizerFiles
  /** Null where the folder has none. Lies in SharedArrayBuffers like the weights. */
  shortlist: Shortlist | null
  /** The dtype in which most weights are stored. */
  storedAs: StoredDtype
  /** Bytes of all stored weights. */
  bytes: number
}
