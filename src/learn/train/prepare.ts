import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { isDecoderOnly, type ModelConfig } from '../../engine/model/config/config.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { Augmenter } from './augment/augmenter.ts'
import type { LanguagePair } from './augment/case.ts'
import {
  augmented,
  expressibleBy,
  type PreparedAugmentation,
  prepareAugmentation,
} from './augment/prepare-augmentation.ts'
import { changesPairs, roughRates } from './augment/settings.ts'
import { keepMarks, knownCorpora } from './batches/corpus-mark.ts'
import { type Filtered, withoutImprobable } from './batches/perplexity-filter.ts'
import { checkTeacher, checkTeacherRows } from './check-teacher.ts'
import { keepModel, readModel, type TextModel } from './models/kept-model.ts'
import { newModel, newStudent } from './new-model.ts'
import { type CleaningReport, type CleanPairs, cleanCorpus } from './pairs/cleaning.ts'
import { type CorpusReport, openCorpus, type Pair } from './pairs/corpus.ts'
import { chooseHeldOut, countSharing, type HeldOut, heldOutOf, withoutHeldOut } from './pairs/held-out.ts'
import { type EpochPairs, type Mixed, mixedPairs } from './pairs/mixed-pairs.ts'
import { areSwapped } from './pairs/swapped.ts'
import type { TrainConfig } from './settings/config.ts'

/** Pairs to train on, and pairs for validation. */
interface Separated {
  train: AsyncIterable<Pair>
  validation: readonly Pair[]
  /** The same, with the keys of their sentences. */
  heldOut: HeldOut
  /**
   * The numbers of training pairs that share a sentence with a pair for validation. They are left out of training, or
   * trained on if the pairs for validation were given.
   */
  sharing: { leftOut: number; trainedOn: number }
}

/** The texts of a training, and its initial model. */
export interface Prepared extends Omit<Separated, 'heldOut' | 'train'> {
  train: EpochPairs
  /** The pairs that data.mix mixes in; null if there are none. */
  mixed: Mixed['mixed'] | null
  /** General pairs that measure what a model which is trained further forgets. */
  everyday: readonly Pair[]
  /** Whether the sources seem to be in the language of the targets, and the other way round. */
  isSwapped: boolean
  model: TextModel
  teacher: Weights | null
  /** The augmentation of pairs during training; null if there is none. */
  augmenter: Augmenter | null
  /** The number of pairs left out because the model of data.filterPerplexity finds their targets improbable. */
  improbable: number
  /**
   * Statistics of a whole pass over the training corpus. The corpus is read for them only if it has not been read
   * before.
   */
  found(): Promise<{ cleaning: CleaningReport; corpus: CorpusReport }>
}

export interface PrepareListener {
  /** Called before a part of the preparation that takes long with a large corpus. */
  preparing?(what: 'pairs' | 'perplexity' | 'vocabulary' | 'epoch'): void
}

/**
 * Opens the corpora, holds pairs out for validation, and makes the model: a new one, with a trained vocabulary or a
 * teacher's, or the model of another folder. Everything that a resumed run needs of the model is stored in the run's
 * folder.
 */
export async function prepare(config: TrainConfig, folder: string, listener: PrepareListener = {}): Promise<Prepared> {
  const { modelFor, teacher, rowWidth, isAugmented } = chooseModel(config, folder, listener)
  const corpus = openCorpus(config.data.train)
  const all = cleanCorpus(config.data.train, { corpus, rowWidth })
  listener.preparing?.('pairs')
  const marks = await knownCorpora(folder, config.data, rowWidth)
  const { heldOut, ...whole } = await separate(all, config, rowWidth)
  const { pairs: probable, improbable } = await filtered(whole.train, config.data, folder, listener)
  const { mix } = config.data
  const everyday = config.from === undefined ? 0 : config.validation.sentences
  const mixing = mix && (await mixedPairs(probable, mix, { heldOut, seed: config.training.seed, rowWidth, everyday }))
  const train = mixing?.pairs ?? probable
  const separated = { ...whole, train }
  const rates = config.data.augment ?? (isAugmented ? roughRates : null)
  const augmentation = rates && changesPairs(rates) ? await prepareAugmentation(rates, separated.train) : null
  const model = await modelFor(augmentation ? forVocabulary(augmentation, separated.train, config) : separated.train)
  const augmenter = augmentation?.for(expressibleBy(model.tokenizer), languagesOf(model)) ?? null
  keepMarks(folder, marks)
  const areTexts = !['text', 'audio'].includes(config.data.train.format)
  const isSwapped = areTexts && (await areSwapped(all, localesOf(model)))
  const trainedOn = config.data.unit ?? (config.from === undefined ? 'sentences' : model.beside.trainedOn)
  const found = async () => {
    if (!all.report.read) for await (const _ of all);
    return { cleaning: all.report, corpus: corpus.report }
  }
  return {
    ...separated,
    model: { ...model, beside: { ...model.beside, trainedOn, augmented: augmentation !== null } },
    teacher,
    augmenter,
    improbable,
    mixed: mixing?.mixed ?? null,
    everyday: mixing?.everyday ?? [],
    isSwapped,
    found,
  }
}

/** The pairs whose targets the model of data.filterPerplexity, if there is one, does not find improbable. */
async function filtered(
  pairs: AsyncIterable<Pair>,
  { filterPerplexity: model, mostPerplexity: most }: TrainConfig['data'],
  folder: string,
  listener: PrepareListener,
): Promise<Filtered> {
  if (model === undefined) return { pairs, improbable: 0 }
  listener.preparing?.('perplexity')
  return withoutImprobable(pairs, { model, most }, folder)
}

/** The pairs from which a new vocabulary is learned. Placeholders are left out, as these are pieces by themselves. */
function forVocabulary(
  augmentation: PreparedAugmentation,
  pairs: AsyncIterable<Pair>,
  { vocabulary, training }: TrainConfig,
): AsyncIterable<Pair> {
  const expressible = { placeholders: 0, everyCharacter: vocabulary?.byteFallback ?? false }
  const languages = { source: vocabulary?.sourceLanguage, target: vocabulary?.targetLanguage }
  return augmented(pairs, augmentation.for(expressible, languages), training.seed)
}

/** The languages of a model, if its tokenizer knows them. */
function languagesOf({ tokenizer, beside }: TextModel): LanguagePair {
  const only = (codes?: readonly string[]) => (codes?.length === 1 ? codes[0] : undefined)
  return { source: beside.sourceLocale ?? only(tokenizer.languages?.source), target: only(tokenizer.languages?.target) }
}

/** The same, where a folder names the target language too. */
export const localesOf = (model: TextModel): LanguagePair => {
  const { source, target } = languagesOf(model)
  return { source, target: model.targetLocale ?? target }
}

/** The largest share of a small corpus that is held out: learning needs the rest. */
const LARGEST_SHARE = 0.1

async function separate(all: CleanPairs, { data, training }: TrainConfig, rowWidth?: number): Promise<Separated> {
  if (data.validation) {
    const validation: Pair[] = []
    for await (const pair of cleanCorpus(data.validation, { rowWidth })) validation.push(pair)
    const heldOut = heldOutOf(validation)
    const trainedOn = await countSharing(all, heldOut)
    return { train: all, validation, heldOut, sharing: { leftOut: 0, trainedOn } }
  }
  if (!data.heldOut)
    return { train: all, validation: [], heldOut: heldOutOf([]), sharing: { leftOut: 0, trainedOn: 0 } }
  const choose = (wanted: number) => chooseHeldOut(all, { wanted, seed: training.seed })
  let heldOut = await choose(data.heldOut)
  const most = Math.floor(all.report.kept * LARGEST_SHARE)
  if (heldOut.validation.length > most) heldOut = await choose(most)
  if (training.patience && !heldOut.validation.length)
    throw new GlassformerError(
      'ERR_INPUT',
      `training.patience needs a validation, and of so few pairs (${all.report.kept}) none is held out: ` +
        'give pairs to measure with (data.validation), or leave patience out',
    )
  const { validation } = heldOut
  const leftOut = (await countSharing(all, heldOut)) - validation.length
  return { train: withoutHeldOut(all, heldOut), validation, heldOut, sharing: { leftOut, trainedOn: 0 } }
}

/** Reads the given models before the corpus, so that an unsuitable model is reported without a long wait. */
function chooseModel(
  config: TrainConfig,
  folder: string,
  listener: PrepareListener,
): {
  modelFor(train: AsyncIterable<Pair>): Promise<TextModel> | TextModel
  teacher: Weights | null
  rowWidth: number | undefined
  /** Whether the model that is trained further has learned from rougher pairs of texts. */
  isAugmented: boolean
} {
  const { seed, teacher: teacherFolder } = config.training
  const kept = { origin: join(folder, 'origin'), teacher: join(folder, 'teacher') }
  const origin = config.from === undefined ? null : readModel(config.from, kept.origin)
  const teacher = teacherFolder === undefined ? null : readModel(teacherFolder, kept.teacher)
  const areTexts = config.data.train.format === 'text'
  if (origin) checkKind(origin.weights.config, areTexts)
  if (origin) checkHears(origin.weights.config, config.data.train.format === 'audio')
  const { rowWidth } = origin?.weights.config ?? config.model ?? {}
  if (rowWidth !== undefined && config.data.augment) throw new GlassformerError('ERR_OPTION', ROWS_AUGMENTED)
  if (origin && teacher) checkTeacher(origin, teacher)
  else if (teacher) checkTeacherRows({ rowWidth }, teacher)
  if (origin) keepModel(origin, kept.origin)
  if (teacher) keepModel(teacher, kept.teacher)
  return {
    teacher: teacher?.weights ?? null,
    rowWidth,
    isAugmented: (origin?.beside.augmented ?? false) && rowWidth === undefined,
    modelFor(train) {
      if (config.from !== undefined) return present(origin)
      const { model, vocabulary } = config
      if (!vocabulary) return newStudent({ model, seed }, present(teacher))
      const training = () => listener.preparing?.('vocabulary')
      return newModel({ model, vocabulary, seed, isAlone: areTexts }, train, join(folder, 'vocabulary'), training)
    },
  }
}

const ROWS_AUGMENTED =
  'data.augment must be left out: it changes texts, and sources of the model may be rows of real numbers (rowWidth)'

/** @throws GlassformerError ERR_OPTION if a model that goes on with texts is to learn pairs, or the other way round */
function checkKind(config: ModelConfig, areTexts: boolean): void {
  if (isDecoderOnly(config) === areTexts) return
  throw new GlassformerError(
    'ERR_OPTION',
    areTexts
      ? 'data.train has plain texts, and the model of from has an encoder, which learns from pairs: leave from out'
      : 'the model of from is a decoder alone, which learns from plain texts: give data.train the format text (--text)',
  )
}

/** @throws GlassformerError ERR_OPTION if a model that hears is to learn from texts, or the other way round */
function checkHears(config: ModelConfig, areSounds: boolean): void {
  if (config.sound?.front)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      'the model of from hears samples (Moonshine), which cannot be trained here',
    )
  if ((config.sound !== undefined) === areSounds) return
  throw new GlassformerError(
    'ERR_OPTION',
    areSounds
      ? 'data.train has sounds, and the model of from reads texts: give one that hears (Whisper)'
      : 'the model of from hears, and learns from sounds: give data.train the format audio (--audio)',
  )
}
