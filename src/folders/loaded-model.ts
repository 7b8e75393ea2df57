import type { GenerationOptions } from '../decode/options.ts'
import type { Shortlist } from '../decode/shortlist.ts'
import type { Dtype } from '../formats/safetensors-header.ts'
import type { ModelConfig } from '../weights/config.ts'
import type { Weights } from '../weights/weights.ts'
import type { TokenizerFiles } from './tokenizer-files.ts'

/** What a reader of one folder layout returns. */
export interface FolderContents {
  config: ModelConfig
  weights: Weights
  /** How this model is decoded unless the caller says otherwise. */
  generation: GenerationOptions
  tokenizer: TokenizerFiles
  /** The source language as the folder names it, where it does. */
  sourceLocale?: string
  /** Inputs of more tokens than this are split into sentences. */
  splitTokens: number
  /** The dtype in which most weights are stored. */
  storedAs: Dtype
  /** Bytes of all stored weights. */
  bytes: number
}

/** A model folder, read and checked. Weights lie in a SharedArrayBuffer; everything else can be cloned to a worker. */
export interface LoadedModel extends FolderContents {
  /** The folder's absolute path. */
  path: string
  name: string
  /** Null where the folder has none. Lies in SharedArrayBuffers like the weights. */
  shortlist: Shortlist | null
}
