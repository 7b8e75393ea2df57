import { joinedText } from '../../../language/text/tokenizer/words-tokenizer.ts'
import type { TokenizerContents } from './tokenizer-files.ts'

/** A text in the form of the model's output, with segmented words joined again. */
export const asWritten = (text: string, tokenizer: TokenizerContents): string =>
  tokenizer.kind === 'words' && tokenizer.joiner !== undefined ? joinedText(text, tokenizer.joiner) : text
