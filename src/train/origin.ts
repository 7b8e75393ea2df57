import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { writeGlassformerFolder } from '../folders/glassformer.ts'
import { loadFolder } from '../folders/load.ts'
import { createTokenizer } from '../folders/tokenizer-files.ts'
import type { FirstModel } from './first-model.ts'

/**
 * The model of a folder, to be trained further. The first call copies it to `kept`; all others read that copy, so that a run that
 * goes on begins with the same bits whatever has become of the folder.
 * @throws GlassformerError ERR_MODEL_FORMAT where it takes ids only, and what loading it throws
 */
export function origin(from: string, kept: string): FirstModel {
  if (!existsSync(join(kept, 'config.json'))) writeGlassformerFolder(kept, { ...loadFolder(from), dtype: 'F32' })
  const { weights, tokenizer: files, generation, sourceLocale, splitTokens } = loadFolder(kept)
  const tokenizer = createTokenizer(files)
  if (!tokenizer)
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${from}: without tokenizer files it cannot be trained on texts; add them`,
    )
  return { weights, tokenizer, beside: { tokenizer: files, generation, sourceLocale, splitTokens } }
}
