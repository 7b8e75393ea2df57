import { statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import type { Packing } from '../backend/backend.ts'
import { checkIds } from '../decode/options.ts'
import type { Shortlist } from '../decode/shortlist.ts'
import { GlassformerError } from '../errors.ts'
import { readJsonObject } from '../formats/json-text.ts'
import { openModelTensors } from '../formats/model-tensors.ts'
import { fileError, hasFile } from '../formats/read-file.ts'
import { SINGLE_FILE, weightFiles } from '../formats/weight-files.ts'
import { isModelName } from '../hub/model-name.ts'
import { optionsFrom } from '../schema/place.ts'
import type { WeightStorage } from '../weights/precision.ts'
import { Weights } from '../weights/weights.ts'
import { familyOf } from './families/families.ts'
import { checkedWeights, fillWeights } from './fill-weights.ts'
import type { FolderContents, FolderSettings, LoadedModel } from './loaded-model.ts'
import { isMarianFolder } from './marian/files.ts'
import { readMarianFolder } from './marian/folder.ts'
import { readShortlist, SHORTLIST_FILE } from './shortlist-file.ts'
import { encodingFor, storedAs } from './stored-as.ts'
import { filesFor } from './tokenizer-files.ts'
import { storedNames } from './weight-names.ts'

/**
 * Loads a model folder: configuration, weights (into one SharedArrayBuffer), generation options and tokenizer files. Matrices are held as
 * `precision` (default 'auto') and `panels` (default false) say; `packing`, default in JavaScript, encodes them. Loading is synchronous,
 * and takes 1 to 5 ms for a million weights.
 */
export function loadFolder(
  path: string,
  { precision = 'auto', panels = false, packing }: Partial<WeightStorage> & { packing?: Packing } = {},
): LoadedModel {
  const folder = resolve(path)
  const { names, tokenizer, openTensors, readShortlist: shortlist, hasConfigJson: _, ...settings } = readFolder(folder)
  const { config } = settings
  const source = openTensors()
  try {
    const stored = checkedWeights(config, source, names)
    const weights = new Weights(config, encodingFor({ precision, panels }, source), packing?.store, stored.recorded)
    fillWeights(weights, source, stored, packing)
    return {
      path: folder,
      name: basename(folder),
      ...settings,
      weights,
      tokenizer: filesFor(tokenizer, folder, config),
      shortlist: shortlist(),
      ...storedAs(source),
    }
  } finally {
    source.close()
  }
}

/** Reads everything of a folder except the weights. model_type of config.json tells the layout; a folder without it may be Marian's. */
export function readFolder(folder: string): FolderContents {
  checkIsFolder(folder)
  checkIsNoRun(folder)
  if (!hasFile(join(folder, 'config.json')) && isMarianFolder(folder)) return readMarianFolder(folder)
  const where = join(folder, 'config.json')
  const json = readJsonObject(where)
  const family = familyOf(json.model_type, where)
  checkHasWeights(folder)
  const contents = family.read(folder, json)
  checkIds(contents.generation, contents.config, optionsFrom(`${folder}: generation settings`))
  const { config } = contents
  return {
    ...contents,
    names: (weights, stored) => storedNames(family.names(config), config, weights, stored),
    openTensors: () => openModelTensors(folder),
    readShortlist: () => shortlistOf(folder, contents),
    hasConfigJson: true,
  }
}

function shortlistOf(
  folder: string,
  { config, generation }: Pick<FolderSettings, 'config' | 'generation'>,
): Shortlist | null {
  const shortlist = readShortlist(folder, config)
  if (generation.shortlist && !shortlist)
    throw new GlassformerError(
      'ERR_FILE',
      `${join(folder, SHORTLIST_FILE)} is missing, and generation.shortlist in config.json asks for it: copy it there, or take that setting out`,
    )
  return shortlist
}

function checkIsFolder(folder: string): void {
  let isFolder: boolean
  try {
    isFolder = statSync(folder).isDirectory()
  } catch (cause) {
    const name = relative('.', folder)
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || !isModelName(name))
      throw fileError('read the model folder', folder, cause)
    throw new GlassformerError(
      'ERR_FILE',
      `cannot read the model folder ${folder}: there is no such file or folder: check the path; a model of the Hugging Face hub is brought by: glassformer pull ${name}`,
      { cause },
    )
  }
  if (!isFolder)
    throw new GlassformerError(
      'ERR_FILE',
      `${folder} is a file: give the folder that holds config.json and ${SINGLE_FILE}`,
    )
}

/** Refuses the folder of a training: its model is a folder within it. */
function checkIsNoRun(folder: string): void {
  if (hasFile(join(folder, 'config.json')) || !hasFile(join(folder, 'settings.json'))) return
  const model = join(folder, 'model')
  const advice = hasFile(join(model, 'config.json'))
    ? `give its model, ${model}`
    : 'it has no model yet, for it has not ended; go on with it (glassformer train), with fewer --steps to end it soon'
  throw new GlassformerError('ERR_FILE', `${folder} is the folder of a training: ${advice}`)
}

/** Weights in forms that this package does not read, and how to make safetensors of them. */
const otherForms: Readonly<Record<string, string>> = {
  'tf_model.h5': 'TensorFlow',
  'flax_model.msgpack': 'Flax',
}

function checkHasWeights(folder: string): void {
  if (weightFiles.some((file) => hasFile(join(folder, file)))) return
  for (const [file, framework] of Object.entries(otherForms))
    if (hasFile(join(folder, file)))
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${join(folder, file)}: weights of ${framework} cannot be read; convert them to safetensors, in Python with ` +
          `AutoModelForSeq2SeqLM.from_pretrained(folder).save_pretrained(folder, safe_serialization=True)`,
      )
  throw new GlassformerError(
    'ERR_FILE',
    `${join(folder, SINGLE_FILE)} is missing (and so are ${weightFiles.slice(1).join(', ')}): the folder has no weights`,
  )
}
