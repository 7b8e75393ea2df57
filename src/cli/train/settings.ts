import { resolve } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { lastingModel } from '../../files/folders/layout/model-folder.ts'
import { readInput } from '../../formats/disk/read-input.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import { isJsonObject, type JsonObject } from '../../formats/json/json-text.ts'
import { readTrainConfig, type TrainConfig } from '../../learn/train/settings/config.ts'
import { leavesOf } from '../../learn/train/state/checksums.ts'
import { corpusOf, mixNamed, pairsNamed, soundSpec, textSpec } from '../flags/corpus-options.ts'
import { givenBy } from '../flags/schema-flags.ts'
import { flaggedSettings, type Preset, type TrainCommandOptions } from './options.ts'

/**
 * The settings of each preset; settings left out have the defaults of readTrainConfig. `small` lists these defaults
 * too, so that it overrides other settings of a resumed run.
 */
const presetSettings: Record<Preset, JsonObject> = {
  tiny: {
    vocabulary: { size: 4000 },
    model: { dModel: 128, encoderLayers: 2, decoderLayers: 2, heads: 4, dFeedForward: 512 },
    training: { steps: 5000, batchTokens: 2048, learningRate: 2e-3 },
  },
  small: {
    vocabulary: { size: 8000 },
    model: { dModel: 256, encoderLayers: 3, decoderLayers: 3, heads: 4, dFeedForward: 1024 },
    training: { steps: 10_000 },
  },
  base: {
    vocabulary: { size: 16000 },
    model: { dModel: 512, encoderLayers: 6, decoderLayers: 6, heads: 8, dFeedForward: 2048 },
    training: { steps: 100_000, schedule: 'noam', warmup: 4000 },
  },
  // The shape of the models that browsers ship (Bogoychev et al. 2020: 6 and 2 layers, width 256, feed-forward 1,536, SSRU), which learn
  // from a teacher's translations: these are regular enough to need no noise.
  student: {
    vocabulary: { size: 16000 },
    model: {
      dModel: 256,
      encoderLayers: 6,
      decoderLayers: 2,
      heads: 8,
      dFeedForward: 1536,
      decoderSelfAttention: 'ssru',
    },
    training: { steps: 50_000, dropout: 0, labelSmoothing: 0, ema: 0.999 },
  },
}

/**
 * The settings of a training: the preset, overridden by the file of settings, and both overridden by the options.
 * Without a file, the settings at the beginning of the run apply, overridden by the preset of this command.
 * @throws GlassformerError ERR_OPTION where no training pairs are named, and for wrong settings
 */
export function settingsFor(
  path: string | undefined,
  options: TrainCommandOptions,
  stored: TrainConfig | null,
): TrainConfig {
  if (stored && path === undefined) refuseModels(options, stored)
  const written =
    path !== undefined ? readJsonObject(path, { code: 'ERR_OPTION', read: readInput }) : stored ? { ...stored } : {}
  const chosen = fromOptions(options)
  const preset = options.preset ? presetFor(options.preset, merged(written, chosen)) : {}
  const layers = path !== undefined ? [preset, written, chosen] : [written, preset, chosen]
  const settings = layers.reduce((under, over) => merged(withoutLength(under, over), over))
  if (!isJsonObject(settings.data) || !isJsonObject(settings.data.train))
    throw new GlassformerError(
      'ERR_OPTION',
      `nothing to train on: give --tsv, --source and --target, --jsonl, --tmx, --xliff, --po, --text, or settings with data.train (in ${options.output} no training has been begun)`,
    )
  const config = readTrainConfig(settings, path ?? 'options')
  return withWholePaths(config)
}

/**
 * Refuses another base model or teacher, which would make another training.
 * @throws GlassformerError ERR_OPTION; without this check the error would name settings that this command did not give
 */
function refuseModels({ from, teacher, output }: TrainCommandOptions, stored: TrainConfig): void {
  const added =
    from !== undefined && stored.from === undefined ? '--from' : teacher && !stored.training.teacher && '--teacher'
  if (added)
    throw new GlassformerError(
      'ERR_OPTION',
      `${output} holds a training that was begun without ${added}: give another --output, or leave ${added} out`,
    )
}

/**
 * The settings of a preset. A student takes its teacher's vocabulary of any size.
 * @throws GlassformerError ERR_OPTION together with a base model, whose size is fixed
 */
function presetFor(preset: Preset, { from, training }: JsonObject): JsonObject {
  if (from)
    throw new GlassformerError(
      'ERR_OPTION',
      `--preset ${preset} is the size of a new model, and ${from}, which is to be trained further, has its own: leave --preset out`,
    )
  const { vocabulary, ...others } = presetSettings[preset]
  return isJsonObject(training) && training.teacher ? others : { ...others, vocabulary }
}

function fromOptions(options: TrainCommandOptions): JsonObject {
  const { from, validation } = options
  const isText = options.text !== undefined
  const pairs =
    validation &&
    (isText
      ? textSpec(validation, options)
      : options.audio === undefined
        ? pairsNamed(validation, options)
        : soundSpec(validation, options))
  const mix = options.mix === undefined ? undefined : mixNamed(options.mix, options)
  const groups = Object.entries(flaggedSettings).map(([group, schema]) => [group, givenBy(schema, options)] as const)
  const { data, lora, validation: measuring, ...others } = Object.fromEntries(groups)
  // A training has an adapter where one of its settings is given.
  const adapter = lora && Object.keys(lora).length ? { lora } : {}
  return given({
    from,
    ...others,
    ...adapter,
    validation: given({ ...measuring, watch: options.watch }),
    data: given({ train: corpusOf(options), validation: pairs, mix, ...data }),
  })
}

const given = (values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/**
 * Removes the length of a training where the overriding settings have one: steps replace epochs, and epochs replace
 * steps.
 */
function withoutLength(under: JsonObject, over: JsonObject): JsonObject {
  if (!isJsonObject(under.training) || !isJsonObject(over.training)) return under
  const { steps, epochs, ...others } = under.training
  return 'steps' in over.training || 'epochs' in over.training ? { ...under, training: others } : under
}

/** Merges objects, except those that describe a corpus, whose settings belong together. */
function merged(under: JsonObject, over: JsonObject): JsonObject {
  const result = { ...under }
  for (const [name, value] of Object.entries(over)) {
    const below = under[name]
    const together = isJsonObject(value) && 'format' in value
    result[name] = isJsonObject(value) && isJsonObject(below) && !together ? merged(below, value) : value
  }
  return result
}

/** Makes paths absolute, so that they are valid in any working folder. */
function withWholePaths(config: TrainConfig): TrainConfig {
  const { data, training } = config
  const whole = (spec: TrainConfig['data']['train']): TrainConfig['data']['train'] =>
    spec.format === 'parallel'
      ? { ...spec, source: resolve(spec.source), target: resolve(spec.target) }
      : { ...spec, path: resolve(spec.path) }
  const teacher = training.teacher === undefined ? undefined : lastingModel(training.teacher)
  const found = {
    data: {
      ...data,
      train: whole(data.train),
      validation: data.validation && whole(data.validation),
      mix: data.mix && { ...whole(data.mix), share: data.mix.share },
      ...(data.filterPerplexity !== undefined && { filterPerplexity: lastingModel(data.filterPerplexity) }),
      ...(data.augment?.nameList !== undefined && {
        augment: { ...data.augment, nameList: resolve(data.augment.nameList) },
      }),
    },
    training: { ...training, ...(teacher !== undefined && { teacher }) },
  }
  if (config.from === undefined) return { ...config, ...found }
  const { lora } = config
  const adapter = lora && { lora: { ...lora, ...(lora.from !== undefined && { from: resolve(lora.from) }) } }
  return { ...config, ...found, from: lastingModel(config.from), ...adapter }
}

/**
 * Each changed setting in words; none where nothing was stored. Null means that the setting follows from the number of
 * steps again.
 */
export function changesFrom(stored: TrainConfig | null, config: TrainConfig): string[] {
  if (!stored) return []
  const before = leavesOf(stored)
  return [...leavesOf(config)].flatMap(([name, value]) =>
    JSON.stringify(before.get(name)) === JSON.stringify(value) || (value === null && before.has(name))
      ? []
      : [`${name} is ${JSON.stringify(value)} (it was ${JSON.stringify(before.get(name)) ?? 'not set'})`],
  )
}
