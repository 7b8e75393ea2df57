import type { FolderToWrite } from '../folders/glassformer.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import type { Weights } from '../weights/weights.ts'

/** A model before its first step, with what its folder says beside the weights. */
export interface FirstModel {
  weights: Weights
  tokenizer: Tokenizer
  beside: Required<Pick<FolderToWrite, 'tokenizer' | 'generation'>> &
    Pick<FolderToWrite, 'unsupported' | 'sourceLocale' | 'splitTokens' | 'trainedOn'>
}
