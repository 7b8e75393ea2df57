import type { JsonObject } from '../formats/json-text.ts'

/**
 * What a folder's tokenizer is made of: plain data that can be cloned to a worker, which rebuilds the tokenizer there
 * (`createTokenizer`). `where` names the folder in messages. Without `target` the source side's file serves both.
 */
export type TokenizerFiles =
  | {
      kind: 'marian'
      where: string
      source: Uint8Array
      target: Uint8Array
      vocabulary: string
      targetVocabulary?: string
      configuration: JsonObject
    }
  | { kind: 'sentencepiece'; where: string; source: Uint8Array; target?: Uint8Array }
  | { kind: 'words'; where: string; source: string; target?: string }
  /** Ids in, ids out. */
  | { kind: 'none' }
