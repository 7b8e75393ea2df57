import { join } from 'node:path'
import { checkNames, checkOneOf, checkPositiveInteger, pathOf } from '../check-options.ts'
import { checkIds, type GenerationOptions, generationDefaults, resolveOptions } from '../decode/options.ts'
import { GlassformerError, shown } from '../errors.ts'
import type { JsonObject } from '../formats/json-text.ts'
import { makeFolder } from '../formats/make-folder.ts'
import { replaceText } from '../formats/replace-file.ts'
import { SINGLE_FILE } from '../formats/safetensors-shards.ts'
import { writeSafetensors } from '../formats/safetensors-writer.ts'
import { reading } from '../reading.ts'
import { Weights } from '../weights/weights.ts'
import { shapeOf } from './fill-weights.ts'
import { glassformerJson, readGlassformerConfig } from './glassformer-config.ts'
import { type FolderSettings, type TrainedOn, trainedOn as trainedOnWhat } from './loaded-model.ts'
import { type StoredFloat, safetensorsDtypes, storedFloats } from './stored-dtype.ts'
import { checkTokenizerContents, readTokenizerFiles, writeTokenizerFiles } from './stored-tokenizer.ts'
import type { TokenizerContents } from './tokenizer-files.ts'
import { isUnsupportedSettings, type UnsupportedSetting } from './unsupported-setting.ts'

/** Reads a folder of our own layout (docs/model-format.md); `json` is its config.json. */
export function readGlassformer(folder: string, json: JsonObject): FolderSettings {
  const { model, tokenizer, ...rest } = readGlassformerConfig(json, join(folder, 'config.json'))
  return { config: model, tokenizer: readTokenizerFiles(folder, tokenizer), ...rest }
}

/** A model to be written as a folder of our own layout. */
export interface FolderToWrite {
  weights: Weights
  /** How the weights are stored: in float32, or rounded to float16 or bfloat16. */
  dtype: StoredFloat
  /** Default: `generationDefaults`. */
  generation?: GenerationOptions
  /** Settings that its translations would need and this version lacks, as a loaded model's `unsupported` has them. Default: none. */
  unsupported?: readonly UnsupportedSetting[]
  /** Default: none. */
  tokenizer?: TokenizerContents
  /** The source language as a BCP 47 tag, by whose rules texts are split into sentences. Default: none is named. */
  sourceLocale?: string
  /** Texts of more tokens than this are split into sentences. Default 100. */
  splitTokens?: number
  /** 'sentences': texts are split into sentences however short they are, for a model that has never seen several. Default 'texts'. */
  trainedOn?: TrainedOn
}

/**
 * Writes a folder of our own layout, and makes the folder where it is missing. Each file is written under another name and renamed,
 * config.json last: a folder without config.json is not a model, and a folder that is replaced never has half a file.
 * @throws GlassformerError ERR_MODEL_FORMAT for weights that are not finite; ERR_SHAPE for weights that are not in float32; ERR_OPTION;
 * ERR_FILE
 */
export function writeGlassformerFolder(path: string | URL, model: FolderToWrite): void {
  const folder = pathOf('the model folder', path)
  const { weights, dtype, generation, unsupported, tokenizer, sourceLocale, splitTokens, trainedOn } = reading(
    'the model',
    () => checked(model),
  )
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
  })
  replaceText(join(folder, 'config.json'), `${JSON.stringify(json, null, 2)}\n`)
}

function checked(model: FolderToWrite) {
  checkNames(model, [
    'weights',
    'dtype',
    'generation',
    'unsupported',
    'tokenizer',
    'sourceLocale',
    'splitTokens',
    'trainedOn',
  ])
  const {
    weights,
    dtype,
    unsupported = [],
    tokenizer = { kind: 'none' },
    sourceLocale,
    splitTokens = 100,
    trainedOn = 'texts',
  } = model
  checkWeights(weights)
  checkOneOf('dtype', dtype, storedFloats)
  const generation = resolveOptions(model.generation ?? {}, generationDefaults)
  checkIds(generation, weights.config)
  if (!isUnsupportedSettings(unsupported))
    throw refuse(`option 'unsupported' must be a list of { name, value, file }, not ${shown(unsupported)}`)
  checkTokenizerContents(tokenizer)
  checkLanguage(sourceLocale, splitTokens)
  checkOneOf('trainedOn', trainedOn, trainedOnWhat)
  return { weights, dtype, generation, unsupported, tokenizer, sourceLocale, splitTokens, trainedOn }
}

const refuse = (what: string) => new GlassformerError('ERR_OPTION', what)

function checkWeights(weights: unknown): void {
  if (!(weights instanceof Weights)) throw refuse(`option 'weights' must be Weights, not ${shown(weights)}`)
}

function checkLanguage(sourceLocale: unknown, splitTokens: unknown): void {
  if (sourceLocale !== undefined && typeof sourceLocale !== 'string')
    throw refuse(`option 'sourceLocale' must be a text, not ${shown(sourceLocale)}`)
  checkPositiveInteger('splitTokens', splitTokens)
}
