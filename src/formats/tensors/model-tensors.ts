import { GlassformerError } from '../../base/errors.ts'
import { LARGEST_HEADER } from '../../base/limits.ts'
import { settingsFile } from '../disk/file-limit.ts'
import type { Folder, OpenFile } from '../disk/folder.ts'
import { isJsonObject, type JsonObject } from '../json/json-text.ts'
import { pyTorchFile } from './pytorch.ts'
import { SafetensorsFile } from './safetensors-file.ts'
import { INDEX_FILE, PYTORCH_FILE, PYTORCH_INDEX_FILE, SINGLE_FILE, type TensorEntry } from './safetensors-header.ts'
import type { TensorFile, TensorSource } from './tensor-file.ts'

/** A storage format of weights in folders: one file, or several with an index. */
interface Form {
  single: string
  index: string
  /** The extension of its files. */
  ending: string
  tensors(file: OpenFile): TensorFile
}

const safetensors: Form = {
  single: SINGLE_FILE,
  index: INDEX_FILE,
  ending: '.safetensors',
  tensors: (file) => new SafetensorsFile(file),
}
const pytorch: Form = {
  single: PYTORCH_FILE,
  index: PYTORCH_INDEX_FILE,
  ending: '.bin',
  tensors: (file) => pyTorchFile(file),
}

/** The weights of a folder, from the first file of `weightFiles` that exists. */
export function openModelTensors(folder: Folder): TensorSource {
  for (const form of [safetensors, pytorch]) {
    if (folder.has(form.single)) return form.tensors(folder.open(form.single))
    if (folder.has(form.index)) return openShards(folder, form)
  }
  return safetensors.tensors(folder.open(SINGLE_FILE))
}

/**
 * Files with one index. Each tensor must be in the file that the index names and in no other, and the files must not
 * hold other tensors.
 */
function openShards(folder: Folder, { ending, tensors: tensorsIn, ...form }: Form): TensorSource {
  const index = folder.at(form.index)
  const limit = { ...settingsFile, most: LARGEST_HEADER }
  const fileOf = readIndex(folder.json(form.index, limit), index, ending)
  const files = new Map<string, TensorFile>()
  const close = () => {
    for (const file of files.values()) file.close()
  }
  const tensors = new Map<string, TensorEntry>()
  try {
    for (const name of new Set(fileOf.values())) {
      const file = tensorsIn(folder.open(name))
      files.set(name, file)
      for (const [tensor, entry] of file.tensors) {
        checkHolder(tensor, name, fileOf, index)
        tensors.set(tensor, entry)
      }
    }
    for (const [tensor, name] of fileOf)
      if (!tensors.has(tensor)) throw damaged(index, `weight_map has '${tensor}' in ${name}, which does not hold it`)
  } catch (cause) {
    close()
    throw cause
  }
  const holder = (name: string) => {
    const file = files.get(fileOf.get(name) ?? '')
    if (!file) throw damaged(index, `there is no tensor '${name}'`)
    return file
  }
  return {
    path: folder.path,
    tensors,
    readFloats: (name, into) => holder(name).readFloats(name, into),
    readPart: (name, first, into) => holder(name).readPart(name, first, into),
    readIntegers: (name) => holder(name).readIntegers(name),
    close,
  }
}

/** The file of each tensor by the index. */
export function readIndex({ weight_map: map }: JsonObject, index: string, ending: string): Map<string, string> {
  if (!isJsonObject(map) || !Object.keys(map).length)
    throw damaged(index, 'weight_map must be an object of tensor names and files')
  const files = new Map<string, string>()
  for (const [tensor, file] of Object.entries(map)) {
    // A path in the name could lead out of the folder, and no file name has control characters.
    if (typeof file !== 'string' || !file.endsWith(ending) || /[/\\\p{Cc}]/u.test(file))
      throw damaged(
        index,
        `weight_map names ${JSON.stringify(file)} for '${tensor}', which is no ${ending.slice(1)} file of this folder`,
      )
    files.set(tensor, file)
  }
  return files
}

function checkHolder(tensor: string, name: string, fileOf: ReadonlyMap<string, string>, index: string): void {
  const file = fileOf.get(tensor)
  if (file !== name)
    throw damaged(index, `'${tensor}' lies in ${name}, where weight_map has it ${file ? `in ${file}` : 'nowhere'}`)
}

const damaged = (index: string, what: string) => new GlassformerError('ERR_MODEL_FORMAT', `${index}: ${what}`)
