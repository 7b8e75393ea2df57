import { GlassformerError } from '../errors.ts'
import { JsonFields } from '../folders/json-fields.ts'
import { type TrainedOn, trainedOn } from '../folders/loaded-model.ts'
import { isJsonObject, type JsonObject } from '../formats/json-text.ts'
import type { DropoutRates } from '../program/program.ts'
import type { CorpusSpec } from './data/corpus.ts'
import { type ModelSettings, readModelSettings } from './model-settings.ts'
import type { OptimizerOptions } from './optimizer.ts'
import { planned } from './plan.ts'
import type { LossOptions } from './programs.ts'
import { type ScheduleOptions, scheduleKinds } from './schedule.ts'

/** A vocabulary that is trained for a new model. */
export interface VocabularySettings {
  /** Pieces of words (SentencePiece), or whole words, where white space parts them already. */
  type: 'unigram' | 'bpe' | 'words'
  size: number
  sharing: 'joint' | 'separate'
  /** Whether apostrophes, quotation marks and hyphens of sources are read as those of a keyboard; not of `words`. */
  punctuation?: 'plain' | 'kept'
  /** What a word ends with that goes on in the next; only of `words`. */
  joiner?: string
  sourceLanguage?: string
  targetLanguage?: string
}

/** A trained model to learn from, and how much it counts beside the targets. */
export interface TeacherSettings {
  /** Its folder. */
  model: string
  weight: number
  temperature: number
}

/** What is trained: a new model, which takes over the vocabulary of a teacher, or further the one of the folder `from`. */
type Begin =
  | { from?: undefined; vocabulary?: VocabularySettings; model: ModelSettings }
  | { from: string; vocabulary?: undefined; model?: undefined }

/** What a training is, from a file of settings: everything that is left out has a default. */
export type TrainConfig = Begin & {
  data: {
    train: CorpusSpec
    /** Null: `heldOut` pairs of the training corpus, in groups of equal sentences. */
    validation: CorpusSpec | null
    heldOut: number
    /** What each side of a pair is; where it is not said, sentences, or what the folder `from` says. */
    unit?: TrainedOn
  }
  training: {
    /** Steps in all; where there are `epochs` it is not known before the pairs are counted. */
    steps: number | null
    /** Passes over the pairs in all; null where `steps` says how long. */
    epochs: number | null
    /** Tokens of a batch at most, on either side. */
    batchTokens: number
    /** Batches whose gradients add up to one step. */
    accumulate: number
    schedule: ScheduleSettings
    optimizer: OptimizerOptions
    /** The norm that gradients are scaled down to where they have a larger one; 0: none. */
    clip: number
    loss: LossOptions
    teacher?: TeacherSettings
    dropout: DropoutRates
    /** Decides first weights, the order of the pairs, dropout, and what is held out. */
    seed: number
    /** Steps between checkpoints; null: a tenth of all, at most 500. */
    saveEvery: number | null
    /** How many of the last checkpoints are kept, beside the best and those that `average` needs. */
    keep: number
    /** The result is the mean of this many last checkpoints; 1: no mean. */
    average: number
    /** Decay of the exponential moving average of the weights, which then is validated and is the result; 0: none. */
    ema: number
    /** Training stops after this many validations in a row without a better loss, and the result is the best; 0: never. */
    patience: number
  }
  validation: {
    /** Steps between validations; null: a twentieth of all, at most 500. */
    every: number | null
    /** How many are translated for BLEU and chrF; the loss is over all. */
    sentences: number
    /** Hypotheses a sentence; 1: greedy search. */
    beams: number
  }
}

/** Null: it follows from the number of steps. */
type ScheduleSettings = Pick<ScheduleOptions, 'kind' | 'last'> & { peak: number | null; warmup: number | null }

/**
 * Settings with their defaults; `where` is the file, or whatever else they are from, that messages name.
 * @throws GlassformerError ERR_OPTION naming `where`, field and what it may be; also for settings of what `from` or a teacher decides
 */
export function readTrainConfig(json: JsonObject, where: string): TrainConfig {
  if (!isJsonObject(json)) throw new GlassformerError('ERR_OPTION', `${where}: settings must be an object`)
  const fields = new JsonFields(json, where, 'ERR_OPTION')
  const data = fields.object('data', false)
  const begin = readBegin(fields)
  const training = readTraining(fields.object('training', true), begin.model !== undefined)
  const config: TrainConfig = {
    ...begin,
    data: {
      train: readCorpus(data.object('train', false)),
      validation: data.has('validation') ? readCorpus(data.object('validation', false)) : null,
      heldOut: data.natural('heldOut', 1000),
      ...(data.has('unit') && { unit: data.oneOf('unit', trainedOn) }),
    },
    training,
    validation: readValidation(fields.object('validation', true)),
  }
  if (config.training.patience && !config.data.validation && !config.data.heldOut)
    data.fail('heldOut', 'above 0, as training.patience needs a validation')
  data.refuseOthers()
  fields.refuseOthers()
  return training.steps === null ? config : planned(config, training.steps)
}

function readBegin(fields: JsonFields): Begin {
  const vocabulary = fields.object('vocabulary', true)
  const model = fields.object('model', true)
  if (fields.has('from')) {
    refuseBeside('from', 'a model, which has its shape and its vocabulary', fields.where, { vocabulary, model })
    return { from: fields.text('from') }
  }
  if (!fields.object('training', true).has('teacher')) return readNew(vocabulary, model)
  refuseBeside('training.teacher', 'a model, whose vocabulary its student takes', fields.where, { vocabulary })
  return { model: readModelSettings(model) }
}

function readNew(vocabulary: JsonFields, model: JsonFields): Begin {
  const settings = { vocabulary: readVocabulary(vocabulary), model: readModelSettings(model) }
  if (settings.model.tying === 'embeddings' && settings.vocabulary.sharing === 'separate')
    model.fail('tying', "one of all, output, none where vocabulary.sharing is 'separate'")
  return settings
}

/** @throws GlassformerError ERR_OPTION where there are settings in `groups`, as `key` decides these */
function refuseBeside(key: string, what: string, where: string, groups: Record<string, JsonFields>): void {
  const given = Object.entries(groups).flatMap(([group, values]) =>
    Object.keys(values.whole()).map((name) => `${group}.${name}`),
  )
  if (given.length)
    throw new GlassformerError('ERR_OPTION', `${where}: ${key} names ${what}: remove ${given.join(', ')}, or ${key}`)
}

function readCorpus(fields: JsonFields): CorpusSpec {
  const format = fields.oneOf('format', ['tsv', 'parallel', 'jsonl'], 'tsv')
  const texts = (names: readonly string[]) =>
    Object.fromEntries(names.filter((name) => fields.has(name)).map((name) => [name, fields.text(name)]))
  const spec =
    format === 'parallel'
      ? { format, source: fields.text('source'), target: fields.text('target') }
      : format === 'tsv'
        ? {
            format,
            path: fields.text('path'),
            sourceColumn: fields.natural('sourceColumn', 0),
            targetColumn: fields.natural('targetColumn', 1),
          }
        : { format, path: fields.text('path'), ...texts(['sourceKey', 'targetKey']) }
  fields.refuseOthers()
  return spec
}

function readVocabulary(fields: JsonFields): VocabularySettings {
  const type = fields.oneOf('type', ['unigram', 'bpe', 'words'], 'unigram')
  const joiner = fields.has('joiner') ? fields.wordOrNothing('joiner') : undefined
  if (joiner !== undefined && type !== 'words') fields.fail('type', "'words' where there is a joiner")
  if (type === 'words' && fields.has('punctuation')) fields.fail('punctuation', "left out where type is 'words'")
  const punctuation = fields.oneOf('punctuation', ['plain', 'kept'], 'plain')
  const vocabulary = {
    type,
    size: fields.positiveInteger('size', 8000),
    sharing: fields.oneOf('sharing', ['joint', 'separate'], 'joint'),
    ...(type !== 'words' && { punctuation }),
    ...(joiner !== undefined && { joiner }),
    ...(fields.has('sourceLanguage') && { sourceLanguage: fields.text('sourceLanguage') }),
    ...(fields.has('targetLanguage') && { targetLanguage: fields.text('targetLanguage') }),
  }
  fields.refuseOthers()
  return vocabulary
}

function readTraining(fields: JsonFields, isNew: boolean): TrainConfig['training'] {
  const epochs = fields.has('epochs') ? fields.positiveInteger('epochs') : null
  if (epochs !== null && fields.has('steps')) fields.fail('epochs', 'left out where there are steps')
  const optimizer = readOptimizer(fields)
  const training: TrainConfig['training'] = {
    steps: epochs === null ? fields.positiveInteger('steps', 10_000) : null,
    epochs,
    batchTokens: fields.positiveInteger('batchTokens', 4096),
    accumulate: fields.positiveInteger('accumulate', 1),
    schedule: readSchedule(fields, optimizer.kind, isNew),
    optimizer,
    clip: notNegative(fields, 'clip', 1),
    loss: {
      smoothing: rate(fields, 'labelSmoothing', 0.1),
      over: fields.oneOf('smoothingOver', ['all', 'others'], 'all'),
    },
    ...(fields.has('teacher') && { teacher: readTeacher(fields) }),
    dropout: {
      residual: rate(fields, 'dropout', 0.1),
      attention: rate(fields, 'attentionDropout', 0),
      activation: rate(fields, 'activationDropout', 0),
    },
    seed: fields.natural('seed', 1),
    saveEvery: fields.has('saveEvery') ? fields.positiveInteger('saveEvery') : null,
    keep: fields.positiveInteger('keep', 3),
    average: fields.positiveInteger('average', 1),
    ema: rate(fields, 'ema', 0),
    patience: fields.natural('patience', 0),
  }
  if (training.ema && training.average > 1) fields.fail('ema', '0 where average is above 1: one of them is the result')
  fields.refuseOthers()
  return training
}

function readSchedule(fields: JsonFields, optimizer: OptimizerOptions['kind'], isNew: boolean): ScheduleSettings {
  const kind = fields.oneOf('schedule', scheduleKinds, optimizer === 'adam' ? 'inverseSquareRoot' : 'relative')
  const byDefault = kind === 'noam' ? undefined : kind === 'relative' ? 1e-2 : 1e-3
  const follows = kind === 'noam' && isNew && !fields.has('learningRate')
  return {
    kind,
    peak: follows ? null : positive(fields, 'learningRate', byDefault),
    warmup: fields.has('warmup') ? fields.natural('warmup') : null,
    last: notNegative(fields, 'lastLearningRate', 0),
  }
}

function readTeacher(fields: JsonFields): TeacherSettings {
  const teacher = {
    model: fields.text('teacher'),
    weight: positive(fields, 'teacherWeight', 0.5),
    temperature: positive(fields, 'teacherTemperature', 1),
  }
  if (teacher.weight > 1) fields.fail('teacherWeight', 'above 0 and at most 1')
  return teacher
}

function readOptimizer(fields: JsonFields): OptimizerOptions {
  const kind = fields.oneOf('optimizer', ['adam', 'adamw', 'adafactor'], 'adam')
  const decay = notNegative(fields, 'weightDecay', kind === 'adamw' ? 0.01 : 0)
  if (kind === 'adafactor') return { kind, decay }
  return {
    kind: 'adam',
    beta1: rate(fields, 'beta1', 0.9),
    beta2: rate(fields, 'beta2', 0.98),
    epsilon: positive(fields, 'epsilon', 1e-9),
    decay,
  }
}

function readValidation(fields: JsonFields): TrainConfig['validation'] {
  const validation = {
    every: fields.has('every') ? fields.positiveInteger('every') : null,
    sentences: fields.natural('sentences', 200),
    beams: fields.positiveInteger('beams', 1),
  }
  fields.refuseOthers()
  return validation
}

function rate(fields: JsonFields, name: string, byDefault: number): number {
  const value = fields.number(name, byDefault)
  if (value < 0 || value >= 1) fields.fail(name, 'at least 0 and below 1')
  return value
}

function positive(fields: JsonFields, name: string, byDefault?: number): number {
  const value = fields.number(name, byDefault)
  if (value <= 0) fields.fail(name, 'above 0')
  return value
}

function notNegative(fields: JsonFields, name: string, byDefault: number): number {
  const value = fields.number(name, byDefault)
  if (value < 0) fields.fail(name, 'at least 0')
  return value
}
