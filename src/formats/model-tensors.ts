import { basename, join } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { LARGEST_HEADER } from '../limits.ts'
import { isJsonObject, readJsonObject } from './json-text.ts'
import { openPyTorch } from './pytorch.ts'
import { hasFile } from './read-file.ts'
import { openSafetensors } from './safetensors.ts'
import type { TensorEntry } from './safetensors-header.ts'
import type { TensorFile, TensorSource } from './tensor-file.ts'
import { INDEX_FILE, PYTORCH_FILE, PYTORCH_INDEX_FILE, SINGLE_FILE } from './weight-files.ts'

/** A form in which folders have their weights: in one file, or in several with an index. */
interface Form {
  single: string
  index: string
  /** How the names of its files end. */
  ending: string
  open(path: string): TensorFile
}

const safetensors: Form = { single: SINGLE_FILE, index: INDEX_FILE, ending: '.safetensors', open: openSafetensors }
const pytorch: Form = {
  single: PYTORCH_FILE,
  index: PYTORCH_INDEX_FILE,
  ending: '.bin',
  open: openPyTorch,
}

/** The weights of a folder, from the first file of `weightFiles` that is there. */
export function openModelTensors(folder: string): TensorSource {
  for (const form of [safetensors, pytorch]) {
    const index = join(folder, form.index)
    if (hasFile(join(folder, form.single))) return form.open(join(folder, form.single))
    if (hasFile(index)) return openShards(folder, index, form)
  }
  return openSafetensors(join(folder, SINGLE_FILE))
}

/**
 * Files with one index. Each tensor must lie in the file that the index says and in no other, and the files must hold no
 * tensor that the index does not know.
 */
function openShards(folder: string, index: string, { ending, open }: Form): TensorSource {
  const fileOf = readIndex(index, ending)
  const files = new Map<string, TensorFile>()
  const close = () => {
    for (const file of files.values()) file.close()
  }
  const tensors = new Map<string, TensorEntry>()
  try {
    for (const name of new Set(fileOf.values())) {
      const file = open(join(folder, name))
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
    path: folder,
    tensors,
    readFloats: (name, into) => holder(name).readFloats(name, into),
    readPart: (name, first, into) => holder(name).readPart(name, first, into),
    readIntegers: (name) => holder(name).readIntegers(name),
    close,
  }
}

/** Which file holds which tensor, as the index says. */
export function readIndex(index: string, ending: string): Map<string, string> {
  const { weight_map: map } = readJsonObject(index, { most: LARGEST_HEADER })
  if (!isJsonObject(map) || !Object.keys(map).length)
    throw damaged(index, 'weight_map must be an object of tensor names and files')
  const files = new Map<string, string>()
  for (const [tensor, file] of Object.entries(map)) {
    // A name with a path in it could lead out of the folder.
    if (typeof file !== 'string' || file !== basename(file) || !file.endsWith(ending) || file.includes('\\'))
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
