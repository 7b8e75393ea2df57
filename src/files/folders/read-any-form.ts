import type { Folder } from '../../formats/disk/folder.ts'
import { isCtranslate2Folder } from './ctranslate2/files.ts'
import { type Beside, readCtranslate2Folder } from './ctranslate2/folder.ts'
import type { FolderContents } from './layout/loaded-model.ts'
import { isMarianFolder } from './marian/files.ts'
import { readMarianFolder } from './marian/folder.ts'
import { readModelFolder } from './read-folder.ts'

/**
 * Reads a folder except its weights, in our own layout or Hugging Face's, CTranslate2's, or Marian's, which has no
 * config.json. `beside` finds the tokenizer of a CTranslate2 folder; by default it is searched in the folder.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED
 */
export function readAnyForm(folder: Folder, beside?: Beside): FolderContents {
  if (isCtranslate2Folder(folder)) return readCtranslate2Folder(folder, beside)
  if (!folder.has('config.json') && isMarianFolder(folder)) return readMarianFolder(folder)
  return readModelFolder(folder)
}
