import { sharedMemory } from '../../../base/allocated.ts'
import { GlassformerError, shown } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import type { Shortlist } from '../../../engine/decode/step/index.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { SafetensorsFile } from '../../../formats/tensors/safetensors-file.ts'

/**
 * A model folder's shortlist: I32 tensors `frequent` [F], `offsets` [source vocabulary + 1], `targets` [N] (engine/decode/step/shortlist.ts); its metadata
 * may say `multipleOf`.
 */
export const SHORTLIST_FILE = 'shortlist.safetensors'

/**
 * Reads a folder's shortlist into memory that workers share; null where the folder has none.
 * @throws GlassformerError ERR_MODEL_FORMAT for a damaged file, or one made for another vocabulary
 */
export function readShortlist(folder: Folder, config: ModelConfig): Shortlist | null {
  if (!folder.has(SHORTLIST_FILE)) return null
  const path = folder.at(SHORTLIST_FILE)
  const file = new SafetensorsFile(folder.open(SHORTLIST_FILE))
  try {
    const names = ['frequent', 'offsets', 'targets']
    const other = [...file.tensors.keys()].find((name) => !names.includes(name))
    if (other !== undefined) throw damaged(path, `tensor ${shown(other)} belongs to no shortlist`)
    const [frequent, offsets, targets] = names.map((name) => readColumn(file, name))
    const { multipleOf } = file.metadata
    if (multipleOf !== undefined && !/^[1-9]\d{0,3}$/.test(multipleOf))
      throw damaged(path, `multipleOf is ${shown(multipleOf)}, which lists cannot be filled up to`)
    const shortlist = {
      frequent,
      offsets,
      targets,
      ...(multipleOf === undefined ? {} : { multipleOf: Number(multipleOf) }),
    }
    checkShortlistIds(shortlist, config, path)
    checkOrder(shortlist, config, path)
    return shortlist
  } finally {
    file.close()
  }
}

function readColumn(file: SafetensorsFile, name: string): Int32Array {
  const values = file.readIntegers(name)
  if (!isArrayOf(Int32Array, values) || entryOf(file.tensors, name).shape.length !== 1)
    throw damaged(file.path, `tensor '${name}' is not I32 of one dimension`)
  return sharedColumn(values)
}

/** A copy of the numbers in memory that workers share. */
export function sharedColumn(values: Int32Array): Int32Array {
  const shared = new Int32Array(sharedMemory(values.byteLength))
  shared.set(values)
  return shared
}

function checkOrder({ offsets, targets }: Shortlist, { sourceVocabulary }: ModelConfig, path: string): void {
  if (offsets[0] !== 0 || offsets[sourceVocabulary] !== targets.length)
    throw damaged(path, `offsets do not go from 0 to the ${targets.length} targets`)
  for (let s = 0; s < sourceVocabulary; s++)
    if (offsets[s + 1] < offsets[s]) throw damaged(path, `offsets fall after source token ${s}`)
}

/**
 * Checks that a shortlist fits the vocabularies of a model. @throws GlassformerError ERR_MODEL_FORMAT
 */
export function checkShortlistIds({ frequent, offsets, targets }: Shortlist, config: ModelConfig, path: string): void {
  const { sourceVocabulary, targetVocabulary } = config
  if (offsets.length !== sourceVocabulary + 1)
    throw damaged(
      path,
      `it is for ${offsets.length - 1} source tokens, the model has ${sourceVocabulary}: it was made for another`,
    )
  for (const [name, ids] of Object.entries({ frequent, targets })) {
    const wrong = ids.findIndex((id) => id < 0 || id >= targetVocabulary)
    if (wrong >= 0)
      throw damaged(
        path,
        `${name} has id ${ids[wrong]} at ${wrong}, outside the target vocabulary of ${targetVocabulary}`,
      )
  }
}

const damaged = (path: string, what: string) =>
  new GlassformerError('ERR_MODEL_FORMAT', `${path}: ${what}; make it again with 'npx glassformer shortlist'`)
