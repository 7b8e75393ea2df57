import { addsToEmbeddings } from '../../../base/choices/position-kinds.ts'
import { GlassformerError, shown } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { reading } from '../../../base/reading.ts'
import { inFile, type Place } from '../../../base/schema/place.ts'
import { type Given, read, type Values } from '../../../base/schema/settings.ts'
import { oneOf } from '../../../base/schema/types.ts'
import { isJsonObject, type JsonObject } from '../../../formats/json/json-text.ts'
import type { CorpusSpec } from '../pairs/corpus.ts'
import type { MixSpec } from '../pairs/mixed-pairs.ts'
import {
  type ModelSettings,
  modelSettings,
  pieceSettings,
  type VocabularySettings,
  vocabularySettings,
} from './new-model-settings.ts'
import { noamPeak } from './schedule.ts'
import {
  adamSettings,
  corpusSettings,
  dataSettings,
  loraSettings,
  mixSettings,
  teacherSettings,
  trainingSettings,
  validationSettings,
} from './settings.ts'

/**
 * Model to be trained: a new model, with its own vocabulary or its teacher's, or the model of the folder `from`, which
 * is trained further.
 */
type Begin =
  | { from?: undefined; vocabulary?: VocabularySettings; model: ModelSettings; lora?: undefined }
  | { from: string; vocabulary?: undefined; model?: undefined; lora?: LoraSettings }

type Training = Values<typeof trainingSettings>

/** The settings of an adapter that is trained. */
export type LoraSettings = Values<typeof loraSettings> & { alpha: number }

/**
 * The settings of a training, with every default filled in. A setting that is null follows from the number of steps;
 * `planned` derives it. Settings in this form can be written and read again without change.
 */
export type TrainConfig = Begin & {
  data: {
    train: CorpusSpec
    /** Null: `heldOut` pairs of the training corpus, in groups of equal sentences. */
    validation: CorpusSpec | null
    /** Pairs that are mixed among those of the training corpus, against forgetting. */
    mix: MixSpec | null
  } & Values<typeof dataSettings>
  training: Training & {
    schedule: NonNullable<Training['schedule']>
    weightDecay: number
  } & Partial<Values<typeof adamSettings>> &
    Partial<Values<typeof teacherSettings>>
  validation: Values<typeof validationSettings>
}

/**
 * The settings as a user gives them: a file of settings as JSON, or an object of that form. `TrainConfig` has the same form with nothing
 * left out.
 */
export interface TrainSettings {
  from?: string
  data: {
    train: CorpusSpec | GivenTsv
    validation?: CorpusSpec | GivenTsv | null
    mix?: ((CorpusSpec | GivenTsv) & Given<typeof mixSettings>) | null
  } & Given<typeof dataSettings>
  vocabulary?: Given<typeof vocabularySettings>
  model?: Given<typeof modelSettings>
  lora?: Given<typeof loraSettings>
  training?: Given<typeof trainingSettings> & Given<typeof adamSettings> & Given<typeof teacherSettings>
  validation?: Given<typeof validationSettings>
}

/** The format of a TSV file may be left out. */
type GivenTsv = Omit<Extract<CorpusSpec, { format: 'tsv' }>, 'format'>

/** Settings of a training whose number of steps is known. Where there are epochs, the number is an estimate. */
export type PlannedConfig = TrainConfig & {
  training: { steps: number; learningRate: number; warmup: number; saveEvery: number }
  validation: { every: number }
}

/** The groups of a file of settings. */
const groups = ['from', 'data', 'vocabulary', 'model', 'lora', 'training', 'validation'] as const

/**
 * Reads settings and fills in their defaults. Messages name `where`, the file or other source of the settings.
 * @throws GlassformerError ERR_OPTION naming `where`, the field and its allowed values; also for settings that `from`
 * or a teacher determines
 */
export function readTrainConfig(settings: TrainSettings | JsonObject, where: string): TrainConfig {
  const named = typeof where === 'string' ? where : shown(where)
  return reading(`${named}: a setting`, () => readSettings(settings, named))
}

function readSettings(json: unknown, where: string): TrainConfig {
  if (!isJsonObject(json)) throw new GlassformerError('ERR_OPTION', `${where}: settings must be an object`)
  const whole = inFile(where, 'ERR_OPTION')
  for (const name in json) if (!groups.includes(name as (typeof groups)[number])) whole.unknown(name, groups)
  const placeOf = (group: string) => inFile(where, 'ERR_OPTION', `${group}.`)
  const given = (group: string) => placeOf(group).object(json[group] ?? {})
  const begin = withLora(
    readBegin(json.from ?? undefined, given('vocabulary'), given('model'), given('training'), where),
    (json.lora ?? null) === null ? null : given('lora'),
    where,
  )
  const { train, validation, mix, ...data } = placeOf('data').object(json.data ?? undefined)
  const config: TrainConfig = {
    ...begin,
    data: {
      train: readCorpus(train, inFile(where, 'ERR_OPTION', 'data.train.')),
      validation:
        (validation ?? null) === null ? null : readCorpus(validation, inFile(where, 'ERR_OPTION', 'data.validation.')),
      mix: (mix ?? null) === null ? null : readMix(mix, inFile(where, 'ERR_OPTION', 'data.mix.')),
      ...read(dataSettings, data, placeOf('data')),
    },
    training: readTraining(given('training'), placeOf('training'), begin.model !== undefined),
    validation: read(validationSettings, given('validation'), placeOf('validation')),
  }
  if (config.data.train.format === 'text') checkTexts(config, json, where)
  if (config.data.train.format === 'audio') checkSounds(config, where)
  if (config.data.mix && ['text', 'audio'].includes(config.data.train.format))
    placeOf('data').fail('mix', 'left out where data.train has no pairs of texts', mix)
  if (config.model?.latents) checkLatents(config, where)
  if (config.data.augment && config.vocabulary?.type === 'words')
    placeOf('data').fail('augment', "left out where vocabulary.type is 'words'", data.augment)
  if (config.training.patience && !config.data.validation && !config.data.heldOut)
    placeOf('data').fail('heldOut', 'above 0, as training.patience needs a validation', data.heldOut)
  const { watch } = config.validation
  if (watch.length && ['text', 'audio'].includes(config.data.train.format))
    placeOf('validation').fail('watch', 'left out where data.train has no pairs of texts', watch)
  if (watch.length && !config.data.validation && !config.data.heldOut)
    placeOf('data').fail('heldOut', 'above 0, as validation.watch needs a validation', config.data.heldOut)
  return config.training.steps === null ? config : planned(config, config.training.steps)
}

/**
 * Settings of a training from plain texts, whose model is a decoder alone. Labels are not smoothed unless the settings say so, so that exp of
 * the loss is the perplexity. @throws GlassformerError ERR_OPTION for settings that only pairs have
 */
function checkTexts({ data, training, vocabulary, model }: TrainConfig, json: JsonObject, where: string): void {
  const given = (group: string): JsonObject => (json[group] ?? {}) as JsonObject
  const refuse = (group: string, name: string, value: unknown) => {
    if ((value ?? null) !== null)
      inFile(where, 'ERR_OPTION', `${group}.`).fail(name, 'left out where data.train has plain texts', value)
  }
  refuse('data', 'augment', data.augment)
  refuse('training', 'teacher', training.teacher)
  refuse('vocabulary', 'sharing', vocabulary?.sharing === 'separate' ? 'separate' : null)
  if (data.validation && data.validation.format !== 'text')
    inFile(where, 'ERR_OPTION', 'data.validation.').fail(
      'format',
      "'text', as that of data.train",
      data.validation.format,
    )
  refuse('vocabulary', 'targetLanguages', vocabulary?.targetLanguages)
  refuse('model', 'rowWidth', model?.rowWidth)
  refuse(
    'model',
    'encoderSelfAttention',
    model?.encoderSelfAttention === 'attention' ? null : model?.encoderSelfAttention,
  )
  if ((given('training').labelSmoothing ?? null) === null) training.labelSmoothing = 0
}

/** @throws GlassformerError ERR_OPTION for settings that an autoencoder of targets does not have */
function checkLatents({ data, training, validation, model: given }: TrainConfig, where: string): void {
  const model = present(given)
  const place = (group: string) => inFile(where, 'ERR_OPTION', group)
  const autoencoder = 'where model.latents makes an autoencoder'
  if (data.train.format === 'text' || data.train.format === 'audio')
    place('data.train.').fail('format', `of pairs of texts ${autoencoder}`, data.train.format)
  if (training.teacher !== undefined) place('training.').fail('teacher', `left out ${autoencoder}`, training.teacher)
  if (validation.watch.length)
    place('validation.').fail('watch', `left out ${autoencoder}, which needs translations too`, validation.watch)
  if (!addsToEmbeddings[model.positions])
    place('model.').fail('positions', `added to embeddings ${autoencoder}`, model.positions)
  if (model.decoderSelfAttention !== 'attention')
    place('model.').fail('decoderSelfAttention', `attention ${autoencoder}`, model.decoderSelfAttention)
  if (model.rowWidth !== undefined) place('model.').fail('rowWidth', `left out ${autoencoder}`, model.rowWidth)
  if (model.attention) place('model.').fail('attention', `left out ${autoencoder}`, model.attention)
  const { kind, bits } = present(model.latents)
  if (kind === 'dvq' && (bits % 2 || model.dModel % 2))
    place('model.latents.').fail('bits', 'even with dvq, where dModel is even too', bits)
}

/** @throws GlassformerError ERR_OPTION for settings that only pairs of texts have, and without a model that hears */
function checkSounds({ from, data }: TrainConfig, where: string): void {
  const refuse = (group: string, name: string, expected: string, value: unknown) =>
    inFile(where, 'ERR_OPTION', group).fail(name, expected, value)
  if (from === undefined)
    refuse('', 'from', 'a model that hears, which is trained further, where data.train has sounds', from)
  if (data.augment) refuse('data.', 'augment', 'left out where data.train has sounds', data.augment)
  if (data.validation && data.validation.format !== 'audio')
    refuse('data.validation.', 'format', "'audio', as that of data.train", data.validation.format)
}

/** Settings in which every setting that follows from the number of steps is filled in, unless it is given. */
export function planned(config: TrainConfig, steps: number): PlannedConfig {
  const { training, validation } = config
  const warmup = training.warmup ?? Math.min(4000, Math.ceil(steps / 10))
  return {
    ...config,
    training: {
      ...training,
      steps,
      warmup,
      learningRate: training.learningRate ?? noamPeak(present(config.model).dModel, warmup), // otherwise it is given
      saveEvery: training.saveEvery ?? Math.min(500, Math.ceil(steps / 10)),
    },
    validation: { ...validation, every: validation.every ?? Math.min(500, Math.ceil(steps / 20)) },
  }
}

function readBegin(
  from: unknown,
  vocabulary: JsonObject,
  model: JsonObject,
  training: JsonObject,
  where: string,
): Begin {
  if (from !== undefined) {
    if (typeof from !== 'string') inFile(where, 'ERR_OPTION').fail('from', 'a text', from)
    refuseBeside('from', 'a model, which has its shape and its vocabulary', where, { vocabulary, model })
    return { from: from as string }
  }
  const modelPlace = inFile(where, 'ERR_OPTION', 'model.')
  if ((training.teacher ?? null) === null) {
    const settings = {
      vocabulary: readVocabulary(vocabulary, inFile(where, 'ERR_OPTION', 'vocabulary.')),
      model: readModel(model, modelPlace),
    }
    if (settings.model.tying === 'embeddings' && settings.vocabulary.sharing === 'separate')
      modelPlace.fail('tying', "one of all, output, none where vocabulary.sharing is 'separate'", model.tying)
    return settings
  }
  refuseBeside('training.teacher', 'a model, whose vocabulary its student takes', where, { vocabulary })
  return { model: readModel(model, modelPlace) }
}

/** @throws GlassformerError ERR_OPTION if there are settings in `groups`, because `key` determines these */
function refuseBeside(key: string, what: string, where: string, groups: Record<string, JsonObject>): void {
  const given = Object.entries(groups).flatMap(([group, values]) =>
    Object.keys(values).map((name) => `${group}.${name}`),
  )
  if (given.length)
    throw new GlassformerError('ERR_OPTION', `${where}: ${key} names ${what}: remove ${given.join(', ')}, or ${key}`)
}

/** @throws GlassformerError ERR_OPTION where there is no model that the adapter could be of */
function withLora(begin: Begin, given: JsonObject | null, where: string): Begin {
  if (!given) return begin
  const lora = read(loraSettings, given, inFile(where, 'ERR_OPTION', 'lora.'))
  if (begin.from === undefined)
    inFile(where, 'ERR_OPTION').fail('from', 'the model whose adapter is trained, where there is lora', undefined)
  return { ...begin, lora: { ...lora, alpha: lora.alpha ?? 2 * lora.rank } } as Begin
}

const formats = oneOf('tsv', 'parallel', 'jsonl', 'tmx', 'xliff', 'po', 'text', 'audio')

function readCorpus(given: unknown, place: Place): CorpusSpec {
  const { format: named, ...rest } = place.object(given)
  const format = named ?? 'tsv'
  if (!formats.accepts(format)) return place.fail('format', formats.expected, named, formats.choices)
  return { format, ...read(corpusSettings[format], rest, place) } as CorpusSpec
}

function readMix(given: unknown, place: Place): MixSpec {
  const { share, ...spec } = place.object(given)
  const corpus = readCorpus(spec, place)
  if (corpus.format === 'text' || corpus.format === 'audio')
    return place.fail('format', 'one of pairs', corpus.format, formats.choices)
  return { ...corpus, ...read(mixSettings, { share }, place) }
}

function readVocabulary(given: JsonObject, place: Place): VocabularySettings {
  const vocabulary = read(vocabularySettings, given, place)
  if (vocabulary.joiner !== undefined && vocabulary.type !== 'words')
    place.fail('type', "'words' where there is a joiner", given.type)
  if (vocabulary.type !== 'words') return vocabulary
  for (const name of pieceSettings)
    if (!place.isAbsent(given[name])) place.fail(name, "left out where type is 'words'", given[name])
  const { punctuation, byteFallback, splitDigits, placeholders, ...others } = vocabulary
  return others
}

function readModel(given: JsonObject, place: Place): ModelSettings {
  const model = read(modelSettings, given, place)
  if (model.dModel % 2 && model.positions === 'interleaved')
    place.fail('dModel', 'even where positions are interleaved', given.dModel)
  if (model.dModel % model.heads) place.fail('heads', `a divisor of dModel ${model.dModel}`, given.heads)
  if (model.positions === 'relative') return { ...model, clip: model.clip ?? 16 }
  if (model.clip !== undefined) place.fail('clip', `left out where positions are ${model.positions}`, given.clip)
  return model
}

function readTraining(given: JsonObject, place: Place, isNew: boolean): TrainConfig['training'] {
  const hasTeacher = !place.isAbsent(given.teacher)
  const schema = {
    ...trainingSettings,
    ...(given.optimizer !== 'adafactor' && adamSettings),
    ...(hasTeacher && teacherSettings),
  }
  const training = read(schema, given, place) as TrainConfig['training']
  if (training.epochs !== null && training.steps !== null)
    place.fail('epochs', 'left out where there are steps', given.epochs)
  if (training.ema && training.average > 1)
    place.fail('ema', '0 where average is above 1: one of them is the result', given.ema)
  if (training.epochs === null) training.steps ??= 10_000
  training.weightDecay ??= training.optimizer === 'adamw' ? 0.01 : 0
  training.schedule ??= training.optimizer === 'adafactor' ? 'relative' : 'inverseSquareRoot'
  if (training.schedule !== 'noam') training.learningRate ??= training.schedule === 'relative' ? 1e-2 : 1e-3
  else if (!isNew && training.learningRate === null) place.fail('learningRate', 'above 0', undefined)
  return training
}
