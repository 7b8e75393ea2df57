import type { Tokenizer } from '../../language/text/tokenizer.ts'
import { makeTokenizer, type TokenizerFiles } from './tokenizer-files.ts'

/**
 * The same as `createTokenizer`, for a thread that has to start quickly: the code of Hugging Face's tokenizers is loaded only where the
 * files need it.
 */
export async function loadTokenizer(files: TokenizerFiles): Promise<Tokenizer | null> {
  if (files.kind !== 'huggingface') return makeTokenizer(files, null)
  const { createHubTokenizer } = await import('../../language/text/hub/create-hub-tokenizer.ts')
  return makeTokenizer(files, createHubTokenizer)
}
