import type { TokenIds } from '../../../engine/encode/index.ts'
import type { PlacedToken, Truncation } from '../../../language/text/pairs/index.ts'

/** A text, a pair of texts, or a question with the text in which its answer is; `prompt` stands before the text. */
export interface EncodedItem {
  text: string
  pair?: string
  prompt?: string
  /** Ids in place of texts, with the special ones around them. */
  given?: TokenIds
  /** The vector whose product with the text's own is explained. */
  toward?: Float32Array
}

/** How texts over the model's length are treated. */
export interface LengthLimit {
  maxLength: number
  truncation: Truncation
  /** `refuse`: ERR_INPUT_TOO_LONG in place of a shorter text. */
  tooLong: 'cut' | 'refuse'
}

/** What is asked about each item of a job. */
export type Task = LengthLimit &
  (
    | { task: 'vector' }
    | { task: 'logits' }
    | { task: 'tokens' }
    | { task: 'states'; layers: boolean }
    /** `label`: the class whose logit is explained; null: a product of vectors. */
    | { task: 'shares'; label: number | null }
    | { task: 'fill'; top: number; targets?: readonly string[] }
    | { task: 'answer'; stride: number; longest: number; top: number; allowsNone: boolean }
  )

/** A token that has been classified. */
export interface ClassifiedToken extends PlacedToken {
  token: string
  /** Its place among all ids of the text. */
  index: number
  /** Whether it goes on with the word of the token before it. */
  continuesWord: boolean
  isUnknown: boolean
  logits: Float32Array
}

/** A token that may stand in place of a mask. */
export interface FilledMask {
  score: number
  id: number
  token: string
  text: string
}

/** Where an answer stands in its text. */
export interface FoundAnswer {
  score: number
  begin: number
  end: number
  text: string
}

/** The result of one item; what is there depends on the task. */
export interface EncodedResult {
  /** How many tokens the model has read. */
  tokens: number
  truncated: boolean
  vector?: Float32Array
  logits?: Float32Array
  classified?: ClassifiedToken[]
  masks?: FilledMask[][]
  answers?: FoundAnswer[]
  ids?: number[]
  /** What each id has in the number that is explained. */
  shares?: Float32Array
  types?: number[]
  states?: Float32Array
  /** After the embeddings and each layer, [ids, width]; the weights of each layer's attention, [heads, ids, ids]. */
  hidden?: Float32Array[]
  attentions?: Float32Array[]
  /** The neurons of each layer's feed-forward network after their activation, [ids, neurons]. */
  neurons?: Float32Array[]
  /** Tokens of the prompt that take no part in the pooling. */
  skipped?: number
}
