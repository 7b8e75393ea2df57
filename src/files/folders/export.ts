import { join } from 'node:path'
import { pathOf } from '../../base/path-of.ts'
import { present } from '../../base/present.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read, settings } from '../../base/schema/settings.ts'
import { oneOf } from '../../base/schema/types.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import type { JsonObject } from '../../formats/json/json-text.ts'
import { convertingFolder, copyLicense } from './convert.ts'
import { writtenFamilyOf } from './families/families.ts'
import { inHuggingFaceForm } from './huggingface-form.ts'
import { writeHuggingFaceFolder } from './huggingface-writer.ts'
import { checkDistinctFolders, modelFolder } from './layout/model-folder.ts'
import { loadFolder, type ReadOptions, readFolder } from './load.ts'
import { isIntegers, type StoredFloat, storedFloats } from './tensors/stored-dtype.ts'
import { theirTokenizer } from './tokenizers/huggingface-tokenizer.ts'

/** The options of an export. */
export const exportSettings = settings({
  dtype: {
    type: oneOf(...storedFloats),
    optional: true,
    otherwise: 'as most weights are stored, float32 for int8 and int4',
    flag: '--dtype <dtype>',
    says: 'what weights are stored in',
  },
})

/**
 * Writes a model folder of any layout so that Hugging Face's transformers loads it: weights as safetensors under its
 * names, config.json and generation_config.json. A folder in one of Hugging Face's layouts keeps its files and
 * settings; a folder in our layout becomes one of the family that has this model. `from` is as in `convertFolder`;
 * `dtype` is by default that of most weights, and float32 for int8 and int4. `reading` may name the tokenizer of a CTranslate2
 * folder.
 * @returns the `model_type`, and whether the tokenizer was exported: for kinds other than Marian's, transformers has no
 * equivalent of our tokenizers
 * @throws GlassformerError ERR_UNSUPPORTED where transformers has no such model; the errors of `convertFolder`
 */
export function exportFolder(
  from: string | URL,
  to: string | URL,
  dtype?: StoredFloat,
  reading: ReadOptions = {},
): Exported {
  const steps = exportingFolder(from, to, dtype, reading)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** The result of an export. */
export interface Exported {
  modelType: string
  /** Whether there was a tokenizer that could not be written. */
  withoutTokenizer: boolean
}

/** `exportFolder` step by step, as `convertingFolder` is. */
export function* exportingFolder(
  fromModel: string | URL,
  toFolder: string | URL,
  given?: StoredFloat,
  reading: ReadOptions = {},
): Generator<void, Exported> {
  const from = modelFolder(fromModel, 'a model folder')
  const to = pathOf('a model folder', toFolder)
  read(exportSettings, { dtype: given }, inOptions)
  checkDistinctFolders(from, to)
  const model = loadFolder(from, reading)
  const dtype = given ?? (isIntegers(model.storedAs) ? 'float32' : model.storedAs)
  const contents = readFolder(from, reading)
  const json = contents.hasConfigJson ? readJsonObject(join(from, 'config.json')) : {}
  const { model_type = 'glassformer' } = json
  if (model_type !== 'glassformer') {
    const corrected = outputSettings(json, model.config)
    yield* convertingFolder(from, to, dtype, { corrected, adapter: reading.adapter })
    return { modelType: model_type as string, withoutTokenizer: false }
  }
  const { weights: own, generation } = loadFolder(from, { precision: 'float32', ...reading })
  const { weights, generation: search } = inHuggingFaceForm({ weights: own, generation })
  const family = writtenFamilyOf(weights.config)
  const tokenizer = theirTokenizer(contents.tokenizer, weights.config)
  const isTheirs = tokenizer.kind === 'none' || family?.written.tokenizers.includes(tokenizer.kind)
  const written = { ...model, weights, generation: search, dtype }
  writeHuggingFaceFolder(to, { ...written, tokenizer: isTheirs ? tokenizer : { kind: 'none' } })
  copyLicense(from, to)
  return { modelType: present(family).modelTypes[0], withoutTokenizer: !isTheirs }
}

/**
 * The correction to config.json where it says that the output is tied and the weights hold a separate output matrix
 * (folders of T5 1.1 and FLAN written by transformers 5): without it, transformers 4 uses the embedding.
 */
function outputSettings(json: JsonObject, config: ModelConfig): JsonObject {
  const family = writtenFamilyOf(config)
  if (!family || config.tiedOutput || !json.tie_word_embeddings) return {}
  const { tie_word_embeddings, scale_decoder_outputs } = family.written.json(config)
  return { tie_word_embeddings, scale_decoder_outputs }
}
