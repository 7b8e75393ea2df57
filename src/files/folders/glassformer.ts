import { join } from 'node:path'
import { pathOf } from '../../base/path-of.ts'
import { reading } from '../../base/reading.ts'
import { groupOf, kindsOf } from '../../base/schema/groups.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings, type Values } from '../../base/schema/settings.ts'
import { oneOf, type Type } from '../../base/schema/types.ts'
import { checkIds } from '../../engine/decode/check-ids.ts'
import { fitted, generationSettings } from '../../engine/decode/settings/options.ts'
import { Weights } from '../../engine/weights/weights.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { replaceText } from '../../formats/disk/replace-file.ts'
import { SINGLE_FILE } from '../../formats/tensors/safetensors-header.ts'
import { writeSafetensors } from '../../formats/tensors/safetensors-writer.ts'
import { glassformerJson } from './layout/glassformer-config.ts'
import { folderSettings } from './layout/loaded-model.ts'
import { shapeOf } from './tensors/fill-weights.ts'
import { safetensorsDtypes, storedFloats } from './tensors/stored-dtype.ts'
import { contentsSettings } from './tokenizers/tokenizer-files.ts'
import { writeTokenizerFiles } from './tokenizers/tokenizer-writer.ts'

/** A model to be written in our layout. */
export interface FolderToWrite
  extends Pick<Values<typeof folderToWriteSettings>, 'weights' | 'dtype'>,
    Given<Omit<typeof folderToWriteSettings, 'weights' | 'dtype'>> {}

/**
 * Writes a folder in our layout, and creates the folder where it is missing. Each file is written under a temporary
 * name and renamed, config.json last: a folder without config.json is not a model, and readers of a folder that is
 * being replaced never see incomplete files.
 * @throws GlassformerError ERR_MODEL_FORMAT for weights that are not finite; ERR_SHAPE for weights that are not in float32; ERR_OPTION;
 * ERR_FILE
 */
export function writeGlassformerFolder(path: string | URL, model: FolderToWrite): void {
  const folder = pathOf('the model folder', path)
  const { weights, dtype, generation, unsupported, tokenizer, sourceLocale, splitTokens, trainedOn, augmented } =
    reading('the model', () => checked(model))
  const tensors = weights.parameters.map((parameter) => ({
    name: parameter.name,
    shape: shapeOf(parameter),
    dtype: safetensorsDtypes[dtype],
    values: weights.get(parameter.name),
  }))
  makeFolder(folder)
  writeSafetensors(join(folder, SINGLE_FILE), tensors, { format: 'glassformer' })
  const json = glassformerJson({
    model: weights.config,
    generation,
    unsupported: [...unsupported],
    tokenizer: writeTokenizerFiles(folder, tokenizer),
    sourceLocale,
    splitTokens,
    trainedOn,
    augmented,
  })
  replaceText(join(folder, 'config.json'), `${JSON.stringify(json, null, 2)}\n`)
}

const weightsType: Type<Weights> = {
  expected: 'Weights',
  accepts: (value): value is Weights => value instanceof Weights,
}

/** The contents of a written folder. */
export const folderToWriteSettings = settings({
  weights: { type: weightsType, says: "the weights, in float32, and the model's shape" },
  dtype: {
    type: oneOf(...storedFloats),
    says: 'how the weights are stored: in float32, or rounded to float16 or bfloat16',
  },
  generation: {
    type: groupOf(generationSettings),
    otherwise: 'greedy search',
    says: 'how the model is decoded unless a call says otherwise',
  },
  tokenizer: { type: kindsOf(contentsSettings, 'none'), otherwise: 'none', says: 'what its files hold' },
  ...folderSettings,
})

function checked(model: FolderToWrite) {
  const values = read(folderToWriteSettings, model, inOptions)
  const { generation, weights } = values
  fitted(generation, model.generation ?? {})
  checkIds(generation, weights.config)
  return values
}
