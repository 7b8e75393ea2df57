import type { Weights } from '../../../engine/weights/weights.ts'
import type { FolderToWrite } from '../../../files/folders/glassformer.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'

/** A model that takes texts: its weights, its tokenizer, and the other settings of its folder. */
export interface TextModel {
  weights: Weights
  tokenizer: Tokenizer
  beside: Required<Pick<FolderToWrite, 'tokenizer' | 'generation'>> &
    Pick<FolderToWrite, 'unsupported' | 'sourceLocale' | 'splitTokens' | 'trainedOn'>
}
