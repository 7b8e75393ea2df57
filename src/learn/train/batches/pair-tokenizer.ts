import type { TokenPair } from '../../../engine/decode/step/index.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'

/** Makes ids of the pairs of a training. */
export interface PairTokenizer extends Pick<Tokenizer, 'encode' | 'encodeTarget' | 'sourcePiece' | 'piece'> {
  /** Whether source and target are one text: the source may then be empty, and both together must fit the model. */
  readonly areWhole?: boolean
  /** Reads the sound that a source is the path of, of which `encode` only says how long it is. */
  sound?(path: string): Promise<Float32Array>
}

/** The number of tokens that a model reads at once for a pair. */
export function tokensRead({ source, target }: TokenPair, { areWhole = false, sound }: PairTokenizer): number {
  if (sound) return target.length
  return areWhole ? source.length + target.length - 1 : Math.max(source.length, target.length)
}
