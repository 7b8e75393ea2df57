import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { inFile } from '../../../base/schema/place.ts'
import { read, settings } from '../../../base/schema/settings.ts'
import { oneOf } from '../../../base/schema/types.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import { type FolderToWrite, writeGlassformerFolder } from '../../../files/folders/glassformer.ts'
import { type ConfidenceModel, readConfidence, writeConfidence } from '../../../files/folders/layout/confidence-file.ts'
import { modelFolder } from '../../../files/folders/layout/model-folder.ts'
import { loadFolder, readFolder } from '../../../files/folders/load.ts'
import { type StoredDtype, storedDtypes } from '../../../files/folders/tensors/stored-dtype.ts'
import { createTokenizer } from '../../../files/folders/tokenizers/make-tokenizer.ts'
import { hasFile } from '../../../formats/disk/read-file.ts'
import { readJsonObject } from '../../../formats/disk/read-json.ts'
import { replaceText } from '../../../formats/disk/replace-file.ts'
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
    augmented,
    confidence,
    storedAs,
    targetLocale,
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
    beside: {
      tokenizer: readFolder(folder).tokenizer,
      generation,
      unsupported,
      sourceLocale,
      splitTokens,
      trainedOn,
      augmented,
    },
    targetLocale,
    confidence: confidence ? readConfidence(confidence) : null,
    storedAs:
      isKept && hasFile(join(kept, STORED))
        ? read(ofStart, readJsonObject(join(kept, STORED)), inFile(join(kept, STORED))).storedAs
        : storedAs,
  }
}

/** The file that says how the weights of the folder were stored, of which `kept` has a copy in float32. */
const STORED = 'stored.json'
const ofStart = settings({
  storedAs: { type: oneOf(...storedDtypes), says: 'how the weights of the start model are stored' },
})

/** Makes the copy that `readModel` prefers, if there is none yet. */
export function keepModel({ weights, beside, confidence, storedAs }: TextModel, kept: string): void {
  if (!hasFile(join(kept, 'config.json'))) {
    writeGlassformerFolder(kept, { ...beside, weights, dtype: 'float32' })
    if (confidence) writeConfidence(kept, confidence)
    if (storedAs) replaceText(join(kept, STORED), `${JSON.stringify({ storedAs })}\n`)
  }
  if (!hasChecksums(kept)) sealFolder(kept)
}

/** A model that takes texts: its weights, its tokenizer, and the other settings of its folder. */
export interface TextModel {
  weights: Weights
  tokenizer: Tokenizer
  beside: Required<Pick<FolderToWrite, 'tokenizer' | 'generation'>> &
    Pick<FolderToWrite, 'unsupported' | 'sourceLocale' | 'splitTokens' | 'trainedOn' | 'augmented'>
  /** The language of its translations, where its folder names it. */
  targetLocale?: string
  /** How probably its words are right, for a model that has been calibrated. */
  confidence?: ConfidenceModel | null
  /** How the weights of its folder are stored; not set for a new model. */
  storedAs?: StoredDtype
}
