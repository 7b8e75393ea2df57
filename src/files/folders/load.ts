import { statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { DiskFolder } from '../../formats/disk/disk-folder.ts'
import { fileError, hasFile } from '../../formats/disk/read-file.ts'
import { SINGLE_FILE } from '../../formats/tensors/safetensors-header.ts'
import { isModelName } from '../hub/model-name.ts'
import { sourceName } from '../hub/source-name.ts'
import { adapterFolder } from './adapters/adapter-folder.ts'
import { isArgosPackage } from './argos/is-argos-package.ts'
import { readArgosPackage } from './argos/package.ts'
import { isCtranslate2Folder } from './ctranslate2/files.ts'
import { namedTokenizer } from './ctranslate2/index.ts'
import { confidenceFile } from './layout/confidence-file.ts'
import { languagePairOf } from './layout/language-pair.ts'
import type { FolderContents, LoadedModel } from './layout/loaded-model.ts'
import { loadModel, type ModelStorage } from './load-model.ts'
import { readAnyForm } from './read-any-form.ts'

/** The options by which a folder is read. */
export interface ReadOptions {
  /** The path of the tokenizer of a CTranslate2 folder; by default it is searched in the folder. */
  tokenizer?: string
  /** The path of the folder of an adapter that is merged into the weights. */
  adapter?: string
}

/** Loads a model folder from disk: see `loadModel`. */
export function loadFolder(
  path: string,
  { tokenizer, adapter, ...storage }: Omit<ModelStorage, 'adapter'> & ReadOptions = {},
): LoadedModel {
  const folder = resolve(path)
  const read = readFolder(folder, { tokenizer })
  const contents = {
    ...read,
    targetLocale: languagePairOf(folder, read).target,
    confidence: confidenceFile(folder),
  }
  const merged = adapter === undefined ? {} : { adapter: adapterFolder(adapter) }
  return loadModel({ path: folder, name: basename(folder) }, contents, { ...storage, ...merged })
}

/** Reads a folder on disk, or an Argos package, except its weights. */
export function readFolder(folder: string, { tokenizer }: ReadOptions = {}): FolderContents {
  const onDisk = new DiskFolder(folder)
  const isArgos = isArgosPackage(folder)
  if (!isArgos) {
    checkIsFolder(folder)
    checkIsNoRun(folder)
  }
  const beside = tokenizer === undefined ? undefined : namedTokenizer(tokenizer)
  if (!isArgos && (beside === undefined || isCtranslate2Folder(onDisk))) return readAnyForm(onDisk, beside)
  if (beside !== undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'tokenizer' is for folders of CTranslate2, and ${folder} is another one: leave it out`,
    )
  return readArgosPackage(folder)
}

function checkIsFolder(folder: string): void {
  let isFolder: boolean
  try {
    isFolder = statSync(folder).isDirectory()
  } catch (cause) {
    const name = relative('.', folder)
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || !(isModelName(name) || sourceName(name)))
      throw fileError('read the model folder', folder, cause)
    throw new GlassformerError(
      'ERR_FILE',
      `cannot read the model folder ${folder}: there is no such file or folder: check the path; a model with this name is downloaded by: npx glassformer pull ${name} (or at once by --yes, in code by download: true)`,
      { cause },
    )
  }
  if (!isFolder)
    throw new GlassformerError(
      'ERR_FILE',
      `${folder} is a file: give the folder that holds config.json and ${SINGLE_FILE}`,
    )
}

/** Refuses the folder of a training, whose model is in a subfolder. */
function checkIsNoRun(folder: string): void {
  if (hasFile(join(folder, 'config.json')) || !hasFile(join(folder, 'settings.json'))) return
  const model = join(folder, 'model')
  const advice = hasFile(join(model, 'config.json'))
    ? `give its model, ${model}`
    : 'it has no model yet, for it has not ended; go on with it (glassformer train), with fewer --steps to end it soon'
  throw new GlassformerError('ERR_FILE', `${folder} is the folder of a training: ${advice}`)
}
