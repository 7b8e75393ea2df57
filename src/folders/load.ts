import { existsSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Packing } from '../backend/backend.ts'
import { checkIds } from '../decode/options.ts'
import { GlassformerError } from '../errors.ts'
import { type JsonObject, readJsonObject } from '../formats/json-text.ts'
import { fileError } from '../formats/read-file.ts'
import { INDEX_FILE, SINGLE_FILE } from '../formats/safetensors-shards.ts'
import type { Holding } from '../weights/precision.ts'
import type { ModelTensors } from './fill-weights.ts'
import { glassformerTensors, loadGlassformer } from './glassformer.ts'
import type { FolderContents, LoadedModel } from './loaded-model.ts'
import { loadMarian, marianTensors } from './marian.ts'
import { readShortlist, SHORTLIST_FILE } from './shortlist-file.ts'

interface Layout {
  load(folder: string, json: JsonObject, holding: Holding, packing?: Packing): FolderContents
  tensors(folder: string, json: JsonObject, stored: ReadonlySet<string>): ModelTensors
}

const layouts: Readonly<Record<string, Layout>> = {
  glassformer: { load: loadGlassformer, tensors: glassformerTensors },
  marian: { load: loadMarian, tensors: marianTensors },
}

/**
 * Loads a model folder: configuration, weights (into one SharedArrayBuffer), generation options and tokenizer files. The layout
 * is told by config.json's model_type. Matrices are held as `precision` (default 'auto') and `panels` (default false) say; `packing`,
 * default in JavaScript, encodes them. Synchronous: it takes 1 to 5 ms for a million weights.
 */
export function loadFolder(
  path: string,
  { precision = 'auto', panels = false, packing }: Partial<Holding> & { packing?: Packing } = {},
): LoadedModel {
  const folder = resolve(path)
  checkIsFolder(folder)
  const where = join(folder, 'config.json')
  const json = readJsonObject(where)
  const layout = chooseLayout(json.model_type, where)
  checkHasSafetensors(folder)
  const contents = layout.load(folder, json, { precision, panels }, packing)
  checkGenerationIds(contents, folder)
  const shortlist = readShortlist(folder, contents.config)
  if (contents.generation.shortlist && !shortlist)
    throw new GlassformerError(
      'ERR_FILE',
      `${join(folder, SHORTLIST_FILE)} is missing, and generation.shortlist in config.json asks for it: copy it there, or take that setting out`,
    )
  return { path: folder, name: basename(folder), shortlist, ...contents }
}

/** Which of the tensors `stored` of a folder is which weight; `json` is its config.json. */
export function modelTensors(folder: string, json: JsonObject, stored: ReadonlySet<string>): ModelTensors {
  return chooseLayout(json.model_type, join(folder, 'config.json')).tensors(folder, json, stored)
}

function checkIsFolder(folder: string): void {
  let isFolder: boolean
  try {
    isFolder = statSync(folder).isDirectory()
  } catch (cause) {
    throw fileError('read the model folder', folder, cause)
  }
  if (!isFolder)
    throw new GlassformerError(
      'ERR_FILE',
      `${folder} is a file: give the folder that holds config.json and ${SINGLE_FILE}`,
    )
}

function chooseLayout(type: unknown, where: string): Layout {
  if (typeof type !== 'string')
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${where}: model_type is missing; it says how the folder is laid out`,
    )
  if (Object.hasOwn(layouts, type)) return layouts[type]
  const supported = Object.keys(layouts).map((name) => `'${name}'`)
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${where}: model_type '${type}' is not supported; these are: ${supported.join(', ')}`,
  )
}

/** Weights in forms that this package does not read, and what makes them safetensors. */
const otherForms: Readonly<Record<string, string>> = {
  'pytorch_model.bin': 'PyTorch',
  'pytorch_model.bin.index.json': 'PyTorch',
  'tf_model.h5': 'TensorFlow',
  'flax_model.msgpack': 'Flax',
}

function checkHasSafetensors(folder: string): void {
  if (existsSync(join(folder, SINGLE_FILE)) || existsSync(join(folder, INDEX_FILE))) return
  for (const [file, framework] of Object.entries(otherForms))
    if (existsSync(join(folder, file)))
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${join(folder, file)}: weights of ${framework} cannot be read; convert them to safetensors, in Python with ` +
          `AutoModelForSeq2SeqLM.from_pretrained(folder).save_pretrained(folder, safe_serialization=True)`,
      )
  throw new GlassformerError(
    'ERR_FILE',
    `${join(folder, SINGLE_FILE)} is missing (and so is ${INDEX_FILE}): the folder has no weights`,
  )
}

function checkGenerationIds({ config, generation }: FolderContents, folder: string): void {
  try {
    checkIds(generation, config)
  } catch (cause) {
    throw new GlassformerError('ERR_MODEL_FORMAT', `${folder}: generation settings: ${(cause as Error).message}`, {
      cause,
    })
  }
}
