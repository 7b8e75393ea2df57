import type { FolderToWrite } from '../folders/glassformer.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import type { Weights } from '../weights/weights.ts'

/** A model that takes texts: its weights, its tokenizer, and the other settings of its folder. */
export interface TextModel {
  weights: Weights
  tokenizer: Tokenizer
  beside: Required<Pick<FolderToWrite, 'tokenizer' | 'generation'>> &
    Pick<FolderToWrite, 'unsupported' | 'sourceLocale' | 'splitTokens' | 'trainedOn'>
}
