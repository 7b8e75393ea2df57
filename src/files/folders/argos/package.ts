import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DiskFolder } from '../../../formats/disk/disk-folder.ts'
import { zipFolder } from '../../../formats/zip/zip-folder.ts'
import type { FolderContents } from '../layout/loaded-model.ts'
import { type ArgosMetadata, type ArgosPackage, packageIn, readArgosFolders, readMetadata } from './contents.ts'

/** The languages of a package, read without its model. @throws GlassformerError as `readArgosPackage` */
export const argosMetadata = (path: string): ArgosMetadata => readMetadata(opened(path).package)

/**
 * Reads a package of Argos Translate, by the path of the `.argosmodel` or of the unpacked folder: metadata, a
 * SentencePiece model, and a model of CTranslate2. The search settings are Argos Translate's: four beams, a length
 * penalty of 0.2, and unknown tokens replaced.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED
 */
export const readArgosPackage = (path: string): FolderContents => readArgosFolders(opened(path))

function opened(path: string): ArgosPackage {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    return { package: new DiskFolder(path), model: new DiskFolder(join(path, 'model')) }
  const { folder, names } = zipFolder(path)
  const top = folder.folder(packageIn(names, path))
  return { package: top, model: top.folder('model') }
}
