import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import { makeTokenizer } from './make-tokenizer.ts'
import type { TokenizerFiles } from './tokenizer-files.ts'

/**
 * `createTokenizer` for a thread that must start quickly: it loads the code of Hugging Face's tokenizers only where the
 * files need it.
 */
export async function loadTokenizer(files: TokenizerFiles): Promise<Tokenizer | null> {
  if (files.kind !== 'huggingface') return makeTokenizer(files, null)
  const { createHubTokenizer } = await import('../../../language/text/hub/create-hub-tokenizer.ts')
  return makeTokenizer(files, createHubTokenizer)
}
