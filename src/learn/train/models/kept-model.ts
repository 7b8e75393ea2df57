import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import { type FolderToWrite, writeGlassformerFolder } from '../../../files/folders/glassformer.ts'
import { modelFolder } from '../../../files/folders/layout/model-folder.ts'
import { loadFolder, readFolder } from '../../../files/folders/load.ts'
import { createTokenizer } from '../../../files/folders/tokenizers/make-tokenizer.ts'
import { hasFile } from '../../../formats/disk/read-file.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import { checkFiles, hasChecksums, sealFolder } from '../state/checksums.ts'

/**
 * Reads the model of the folder `path`, which may be the embedded model's name, or the copy in `kept` if there is one.
 * With the copy, a resumed run has the same bits even if the folder has changed.
 * @throws GlassformerError ERR_MODEL_FORMAT if the model takes ids only, or the copy has changed, and the errors of
 * loading a model
 */
export function readModel(path: string, kept: string): TextModel {
  const isKept = hasFile(join(kept, 'config.json'))
  if (isKept) checkFiles(kept, 'restore it from a copy, or train into another folder', 'ERR_MODEL_FORMAT')
  const folder = isKept ? kept : modelFolder(path)
  const {
    weights,
    tokenizer: files,
    generation,
    unsupported,
    sourceLocale,
    splitTokens,
    trainedOn,
  } = loadFolder(folder, {
    precision: 'float32',
  })
  const tokenizer = createTokenizer(files)
  if (!tokenizer)
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${path}: without tokenizer files nobody can train with it on texts; add them`,
    )
  return {
    weights,
    tokenizer,
    beside: { tokenizer: readFolder(folder).tokenizer, generation, unsupported, sourceLocale, splitTokens, trainedOn },
  }
}

/** Makes the copy that `readModel` prefers, if there is none yet. */
export function keepModel({ weights, beside }: TextModel, kept: string): void {
  if (!hasFile(join(kept, 'config.json'))) writeGlassformerFolder(kept, { ...beside, weights, dtype: 'float32' })
  if (!hasChecksums(kept)) sealFolder(kept)
}

/** A model that takes texts: its weights, its tokenizer, and the other settings of its folder. */
export interface TextModel {
  weights: Weights
  tokenizer: Tokenizer
  beside: Required<Pick<FolderToWrite, 'tokenizer' | 'generation'>> &
    Pick<FolderToWrite, 'unsupported' | 'sourceLocale' | 'splitTokens' | 'trainedOn'>
}
