import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { LARGEST_SETTINGS } from '../../base/limits.ts'
import { pathOf } from '../../base/path-of.ts'
import { entryOf } from '../../base/present.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import { parameters } from '../../engine/weights/parameters.ts'
import { matrixEncoding } from '../../engine/weights/placement.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { fileParts, hasFile, readText } from '../../formats/disk/read-file.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import { removeFile, replaceFile, replaceText } from '../../formats/disk/replace-file.ts'
import { editedJson } from '../../formats/json/edited-json.ts'
import type { JsonObject } from '../../formats/json/json-text.ts'
import { SINGLE_FILE } from '../../formats/tensors/safetensors-header.ts'
import { type TensorToWrite, writingSafetensors } from '../../formats/tensors/safetensors-writer.ts'
import type { TensorSource } from '../../formats/tensors/tensor-file.ts'
import { openMerged } from './adapters/adapter-folder.ts'
import { familyOf } from './families/families.ts'
import type { FolderContents } from './layout/loaded-model.ts'
import { checkDistinctFolders, modelFolder } from './layout/model-folder.ts'
import { SHORTLIST_FILE } from './layout/shortlist-file.ts'
import { loadFolder, readFolder } from './load.ts'
import { writingOwnLayout } from './rewrite-folder.ts'
import {
  type Int4Rounding,
  isInt4,
  isQuantized,
  multipliersOf,
  quantizedTensors,
  readStored,
  scalesOf,
} from './tensors/quantized.ts'
import {
  isIntegers,
  type StoredDtype,
  type StoredFloat,
  type StoredIntegers,
  safetensorsDtypes,
  storedSettings,
} from './tensors/stored-dtype.ts'
import { createTokenizer } from './tokenizers/make-tokenizer.ts'

/** The files beside config.json and the weights that belong to a model folder of any layout. */
const companions = [
  ...['generation_config.json', 'tokenizer_config.json', 'special_tokens_map.json', 'source.spm', 'target.spm'],
  ...['vocab.json', 'target_vocab.json', SHORTLIST_FILE, 'tokenizer.json', 'added_tokens.json', 'merges.txt'],
  ...['preprocessor_config.json', 'processor_config.json', 'normalizer.json'],
  ...['spiece.model', 'sentencepiece.bpe.model', 'tokenizer.model'],
]

/**
 * Whether a file is a license, which must accompany copies of a model. The model card, README.md, describes other
 * weights.
 */
const isLicense = (name: string) => /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i.test(name)

/**
 * Stores a model folder of any layout again under the same names, with its weights as one file of another dtype:
 * float16 and bfloat16 halve float32, int8 quarters it, int4 takes about an eighth. A folder of Marian's own files becomes one of our own layout.
 * `from` is a path, a `file:` URL or the embedded model's name 'fr-en'. The files of the tokenizer and of generation
 * are copied unchanged, and so are the shortlist and the license; such files of an earlier model in `to` are removed.
 * The model card is not copied, because it is about other weights. config.json is written last: a folder without it is
 * not a model.
 * @throws GlassformerError the errors of loading `from`, before anything is written; ERR_FILE; ERR_OPTION for another dtype, and where both
 * are one folder
 */
export function convertFolder(from: string | URL, to: string | URL, dtype: StoredDtype): void {
  for (const _ of convertingFolder(from, to, dtype));
}

/**
 * `convertFolder` as a generator with short steps. A caller that ends the generator early (`return()`) finds no
 * incomplete files. `corrected` are keys of config.json that get another value, `rounding` is how matrices become int4, and `adapter`
 * is the folder of an adapter that is merged into the weights.
 */
export function* convertingFolder(
  fromModel: string | URL,
  toFolder: string | URL,
  dtype: StoredDtype,
  { corrected = {}, rounding, adapter }: { corrected?: JsonObject; rounding?: Int4Rounding; adapter?: string } = {},
): Generator<void> {
  const from = modelFolder(fromModel, 'a model folder')
  const to = pathOf('a model folder', toFolder)
  read(storedSettings, { dtype }, inOptions)
  checkDistinctFolders(from, to)
  const contents = readFolder(from)
  if (!contents.hasConfigJson) return yield* writingOwnLayout(from, to, dtype, { rounding, adapter })
  createTokenizer(loadFolder(from).tokenizer)
  const config = readJsonObject(join(from, 'config.json'))
  const text = readText(join(from, 'config.json'), { what: 'it', most: LARGEST_SETTINGS, code: 'ERR_MODEL_FORMAT' })
  const family = familyOf(config.model_type, join(from, 'config.json'))
  const source = openMerged(contents, adapter)
  try {
    makeFolder(to)
    const tensors: TensorToWrite[] = []
    const written = isIntegers(dtype) ? quantized(source, dtype, contents, rounding) : asFloats(source, dtype, contents)
    for (const tensor of isIntegers(dtype) ? written : (family.tensors?.write(written) ?? written)) {
      tensors.push(tensor)
      yield
    }
    yield* writingSafetensors(join(to, SINGLE_FILE), tensors, undefined, () => removeFile(join(to, 'config.json')))
  } finally {
    source.close()
  }
  copyCompanions(from, to, config)
  const stored = ['dtype', 'torch_dtype'].filter((key) => key in config)
  const changed = {
    ...Object.fromEntries(stored.map((key) => [key, isIntegers(dtype) ? 'float16' : dtype])),
    quantization_config: undefined,
    ...(isIntegers(dtype) ? family.quantized : {}),
    ...corrected,
  }
  replaceText(join(to, 'config.json'), editedJson(text, changed))
}

function copyCompanions(from: string, to: string, { tokenizer }: JsonObject): void {
  const { source, target } = (tokenizer ?? {}) as { source?: unknown; target?: unknown }
  const named = [source, target].filter((name) => typeof name === 'string')
  for (const name of new Set([...companions, ...named])) {
    if (!hasFile(join(from, name))) {
      removeFile(join(to, name))
      continue
    }
    copyFile(from, to, name)
  }
  copyLicense(from, to)
}

export function copyLicense(from: string, to: string): void {
  for (const name of readdirSync(from).filter(isLicense)) copyFile(from, to, name)
}

function copyFile(from: string, to: string, name: string): void {
  replaceFile(join(to, name), fileParts(join(from, name)))
}

/** Every tensor except the copies of tied weights, and every further name under which transformers 5 wants a tensor. */
function* asFloats(
  source: TensorSource,
  dtype: StoredFloat,
  { config, names }: FolderContents,
): Generator<TensorToWrite> {
  const stored = [...source.tensors.keys()]
  const weights = parameters(config)
  const { of, extras, copies } = names(weights, new Set(stored))
  const widths = new Map(weights.map((weight) => [of(weight), weight.width]))
  const beside = new Set(
    stored.filter((name) => isQuantized(source, name)).flatMap((name) => [scalesOf(name), multipliersOf(name)]),
  )
  for (const name of stored) {
    if (beside.has(name) || typeof extras.get(name) === 'string') continue
    const tensor = floats(source, name, dtype, widths.get(name))
    yield tensor
    for (const copy of copies.get(name) ?? []) yield { ...tensor, name: copy }
  }
}

/** A tensor as floats; `width` is that of the weight that it stores. */
function floats(source: TensorSource, name: string, dtype: StoredFloat, width?: number): TensorToWrite {
  const { shape } = entryOf(source.tensors, name)
  return {
    name,
    shape: isInt4(source, name) ? [shape[0], width ?? 2 * shape[1]] : shape,
    dtype: safetensorsDtypes[dtype],
    values: readStored(source, name, width),
  }
}

/** Every weight once: tied weights that are stored a second time are left out, and quantized weights stay as they are. */
function* quantized(
  source: TensorSource,
  dtype: StoredIntegers,
  { config, names }: FolderContents,
  rounding?: Int4Rounding,
): Generator<TensorToWrite> {
  const weights = parameters(config)
  const stored = names(weights, new Set(source.tensors.keys()))
  for (const parameter of weights) {
    const name = stored.of(parameter)
    if (name === null) continue
    const { rows, width, encodable } = parameter
    if (!encodable) {
      yield floats(source, name, 'float16', width)
      continue
    }
    const to = matrixEncoding(parameter, dtype)
    const matrix = { name, parameter: parameter.name, stored: name, rows, width }
    yield* quantizedTensors(matrix, to, source, () => readStored(source, name, width), rounding)
  }
}
