import { createHubTokenizer } from '../../../language/text/hub/create-hub-tokenizer.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import { makeTokenizer } from './make-tokenizer.ts'
import type { TokenizerFiles } from './tokenizer-files.ts'

/**
 * Makes the tokenizer of the files; null where there are none. Throws ERR_TOKENIZER_FORMAT for damaged files. Throws
 * ERR_MODEL_FORMAT for a tokenizer that has more ids than the model, or another end-of-sentence id.
 */
export const createTokenizer = (files: TokenizerFiles): Tokenizer | null => makeTokenizer(files, createHubTokenizer)
