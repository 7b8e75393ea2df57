import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { GenerationOptions } from '../../engine/decode/settings/options.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { replaceText } from '../../formats/disk/replace-file.ts'
import { SINGLE_FILE } from '../../formats/tensors/safetensors-header.ts'
import { writeSafetensors } from '../../formats/tensors/safetensors-writer.ts'
import { unsayable, writtenFamilyOf } from './families/families.ts'
import { toHuggingFace } from './generation/generation-json.ts'
import type { UnsupportedSetting } from './generation/unsupported-setting.ts'
import type { WrittenWeights } from './huggingface-form.ts'
import type { TrainedOn } from './layout/loaded-model.ts'
import { tapsLast } from './tensors/convolution-weights.ts'
import { shapeOf } from './tensors/fill-weights.ts'
import { type StoredFloat, safetensorsDtypes } from './tensors/stored-dtype.ts'
import { namesOf } from './tensors/weight-names.ts'
import type { TokenizerContents } from './tokenizers/tokenizer-files.ts'
import { writeTokenizerFiles } from './tokenizers/tokenizer-writer.ts'

/** Whether Hugging Face's generate() has equivalents of these options. */
export const generateTakes = ({
  lengthPenaltyForm,
  wordPenalty,
  maxLengthFactor,
  shortlist,
  replaceUnknown,
  forcedFirst,
}: GenerationOptions): boolean =>
  lengthPenaltyForm === 'power' &&
  wordPenalty === 0 &&
  maxLengthFactor === null &&
  !shortlist &&
  !replaceUnknown &&
  [forcedFirst].flat().length === 1

/** A model to be written for Hugging Face's transformers. */
export interface HuggingFaceFolder {
  weights: WrittenWeights
  dtype: StoredFloat
  tokenizer: TokenizerContents
  generation: GenerationOptions
  unsupported?: readonly UnsupportedSetting[]
  splitTokens?: number
  trainedOn?: TrainedOn
  augmented?: boolean
}

/**
 * The reason why Hugging Face's transformers cannot represent a model with this tokenizer and these options; null where
 * it can.
 */
export function huggingFaceLacks({ weights, tokenizer, generation }: HuggingFaceFolder): string | null {
  const family = writtenFamilyOf(weights.config)
  if (!family)
    return `none of its architectures is this model: ${unsayable(weights.config) ?? togetherOf(weights.config)}`
  if (tokenizer.kind !== 'none' && !family.written.tokenizers.includes(tokenizer.kind))
    return `its ${family.modelTypes[0]} models have no tokenizer of kind '${tokenizer.kind}'`
  return generateTakes(generation)
    ? null
    : 'its generate() has no such length penalty, no word penalty, no limit by the length of the source, no shortlist, no several forced first tokens, and replaces no unknown tokens'
}

const togetherOf = ({ norm, positions }: ModelConfig) =>
  `norms '${norm.order}' and positions '${positions.kind}', say, come together in none with its other parts`

/**
 * Writes a folder that Hugging Face's transformers loads, in the layout of the family that supports the model. Each
 * file is written under a temporary name and renamed, config.json last. @throws GlassformerError ERR_UNSUPPORTED with
 * the reason of `huggingFaceLacks`
 */
export function writeHuggingFaceFolder(folder: string, model: HuggingFaceFolder): void {
  const { weights, dtype, tokenizer, generation, unsupported = [], splitTokens, trainedOn, augmented } = model
  const { config } = weights
  const lacks = huggingFaceLacks(model)
  if (lacks) throw new GlassformerError('ERR_UNSUPPORTED', `${folder}: transformers cannot read this model: ${lacks}`)
  const family = present(writtenFamilyOf(config))
  makeFolder(folder)
  const names = family.names(config)
  const tensors = weights.parameters.flatMap((parameter) => {
    if (names.optional.includes(parameter.name) && names.leavesOut) return []
    const { rows, width, taps } = parameter
    const shape = names.asRow.includes(parameter.name)
      ? [1, width]
      : taps === undefined
        ? shapeOf(parameter)
        : [rows, width / taps, taps]
    const all = namesOf(names, parameter.name)
    const own = weights.get(parameter.name)
    const values = taps === undefined ? own : tapsLast(own, parameter)
    return (names.separate?.includes(parameter.name) ? all : all.slice(0, 1)).map((name) => {
      return { name, shape, dtype: safetensorsDtypes[dtype], values }
    })
  })
  writeSafetensors(join(folder, SINGLE_FILE), [...(family.tensors?.write(tensors) ?? tensors)])
  writeTokenizerFiles(folder, tokenizer)
  const json = (name: string, value: unknown) => replaceText(join(folder, name), `${JSON.stringify(value, null, 2)}\n`)
  json('generation_config.json', {
    ...toHuggingFace(config, generation),
    ...family.written.generation?.(config, generation),
    ...Object.fromEntries(unsupported.map(({ name, value }) => [name, value])),
  })
  const preprocessor = family.written.preprocessor?.(config)
  if (preprocessor) json('preprocessor_config.json', preprocessor)
  json('config.json', {
    ...family.written.json(config),
    splitTokens,
    trainedOn,
    ...(augmented && { augmented }),
  })
}
