import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError, shown } from '../../base/errors.ts'
import { pathOf } from '../../base/path-of.ts'
import { present } from '../../base/present.ts'
import { reading } from '../../base/reading.ts'
import type { Player, PlayerInfo } from '../../engine/backend/interface/backend.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import { createPlayer } from '../../engine/program/create-player.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import { convertFolder } from '../../files/folders/convert.ts'
import { writeGlassformerFolder } from '../../files/folders/glassformer.ts'
import { huggingFaceLacks, writeHuggingFaceFolder } from '../../files/folders/huggingface-writer.ts'
import { writeConfidence } from '../../files/folders/layout/confidence-file.ts'
import { BatchStream } from './batches/batch-stream.ts'
import { type BatchSettings, type BatchStreamState, readBatchStreamState } from './batches/batch-stream-state.ts'
import { cutTexts, pairTokenizer } from './batches/texts.ts'
import { batchesOfEpoch } from './epochs.ts'
import type { KeptLines } from './forgetting.ts'
import { type Fitting, fittingOf, keptOf, measuredBy, validationOf } from './held-out.ts'
import { firstAdapter, keepFirstAdapter, writeTrained } from './lora/first-adapter.ts'
import type { TrainedAdapter } from './lora/trained-adapter.ts'
import type { TextModel } from './models/kept-model.ts'
import type { CleaningReport } from './pairs/cleaning.ts'
import type { CorpusReport, Pair } from './pairs/corpus.ts'
import { type Prepared, type PrepareListener, prepare } from './prepare.ts'
import { agreeOnData, agreeOnPlayer, agreeOnSettings, threadsEach } from './ranks/agreement.ts'
import { openRanks } from './ranks/open-ranks.ts'
import { fromFirst, inTurn, type Ranks } from './ranks/ranks.ts'
import { checkShared } from './ranks/shared-folder.ts'
import { RunFolder, takeRunFolder } from './run-folder.ts'
import {
  type PlannedConfig,
  planned,
  readTrainConfig,
  type TrainConfig,
  type TrainSettings,
} from './settings/config.ts'
import { storeSettings } from './settings/stored-settings.ts'
import { playerChoice, type TrainOptions } from './settings/train-options.ts'
import type { Distillation } from './step/programs.ts'
import { hasCodebook } from './step/trained-latents.ts'
import type { Scores, Validation } from './step/validation.ts'
import { Trainer } from './trainer.ts'
import type { TrainerListener } from './trainer-listener.ts'
import { trainerOptionsOf } from './trainer-options.ts'

/** The end of a training, and the model folder that it has written; null if the training was stopped. */
export interface TrainResult {
  ended: 'done' | 'patience' | 'stopped'
  step: number
  model: string | null
  /** The scores on the pairs for validation; null if there are none. */
  scores: Scores | null
}

/** Facts about the training that are known just before the first step. */
export interface TrainStart {
  /** The number of steps that have been taken already; it is above 0 when a run is resumed. */
  step: number
  /** The settings, with those filled in that follow from the number of steps. */
  config: PlannedConfig
  parameters: number
  vocabulary: { source: number; target: number }
  backend: PlayerInfo
  /** The number of processes that train together; 1 without mpirun. */
  ranks: number
  /** The pairs for validation, without those that have too many tokens. */
  validation: readonly Pair[]
  sharing: Prepared['sharing']
  /** The number of pairs left out by `data.filterPerplexity`. */
  improbable: number
  /** The pairs that `data.mix` mixes in: those to choose from, and those of each epoch; null if there are none. */
  mixed: Prepared['mixed']
  /** Whether the two sides of the pairs seem to be in each other's language. */
  isSwapped: boolean
  /** Whether pairs are made rougher while the model learns from them. */
  isAugmented: boolean
  cleaning: CleaningReport
  corpus: CorpusReport
}

/**
 * Callbacks of a training; with several ranks, only rank 0 calls them. The training does not wait for their promises;
 * an error that one of them throws ends the training.
 */
export interface TrainListener extends TrainerListener, PrepareListener {
  /** Called just before the first step of a new or resumed training. */
  started?(start: TrainStart): void
}

/**
 * Trains a translator from sentence pairs into `folder`: vocabulary, checkpoints, and at the end `model`, a folder that
 * Translator loads. If the folder has checkpoints, the training resumes from the latest, to the same bits as if it had
 * never stopped. Settings may be those of a settings file, or the result of `readTrainConfig`. A training that fails
 * before its first step removes a folder that it has created.
 * @throws GlassformerError ERR_OPTION for options, and for settings with which the folder's training cannot be resumed;
 * ERR_TRAINING, ERR_FILE, ERR_INPUT if training cannot continue: the last checkpoint is complete
 */
export async function train(
  settings: TrainSettings,
  path: string | URL,
  options: TrainOptions = {},
  listener: TrainListener = {},
): Promise<TrainResult> {
  const config = readTrainConfig(settings, 'the settings')
  const folder = pathOf('the folder of a training', path)
  checkListener(listener)
  const choice = playerChoice(options)
  const ranks = openRanks()
  const run = { ranks, config, folder, listener: ranks.rank === 0 ? listener : {}, signal: options.signal }
  return ranks.together(async () => {
    await agreeOnSettings(ranks, config)
    // Rank 0 locks the folder for all ranks.
    const taken = ranks.rank === 0 ? await takeRunFolder(folder, config) : new RunFolder()
    try {
      await checkShared(ranks, folder)
      const player = createPlayer({ ...choice, threads: choice.threads ?? (await threadsEach(ranks)) })
      try {
        await agreeOnPlayer(ranks, player.info)
        return await trainPrepared(run, await prepareInTurn(run), taken, player)
      } finally {
        player.close()
      }
    } catch (error) {
      taken.discard()
      throw error
    } finally {
      taken.release()
    }
  })
}

/**
 * One call of `train`: its settings, its folder, the processes that train together, and the caller's callbacks and
 * signal.
 */
interface Run {
  ranks: Ranks
  config: TrainConfig
  folder: string
  listener: TrainListener
  signal?: AbortSignal
}

/** Rank 0 prepares the folder, in which the other ranks then find the vocabulary and the stored models. */
async function prepareInTurn({ ranks, config, folder, listener }: Run): Promise<Prepared> {
  await agreeOnData(ranks, config)
  return inTurn(ranks, () => prepare(config, folder, listener))
}

const events = [
  'preparing',
  'started',
  'step',
  'validation',
  'kept',
  'saved',
] as const satisfies (keyof TrainListener)[]

function checkListener(listener: TrainListener): void {
  reading('the listener', () => {
    if (typeof listener !== 'object' || listener === null || events.some((name) => !isListening(listener[name])))
      throw new GlassformerError(
        'ERR_OPTION',
        `the listener must be an object of functions (${events.join(', ')}), not ${shown(listener)}`,
      )
  })
}

const isListening = (event: unknown) => event === undefined || typeof event === 'function'

async function trainPrepared(run: Run, prepared: Prepared, taken: RunFolder, player: Player): Promise<TrainResult> {
  const { ranks, config, folder, listener } = run
  const { model } = prepared
  checkCodebook(model.weights.config, config, ranks)
  const distillation = distillationOf(prepared.teacher, config)
  const readers = [model.weights.config, ...(distillation ? [distillation.teacher.config] : [])]
  const tokenizer = pairTokenizer(model, config.data.train)
  const most = tokenizer.areWhole ? Number.POSITIVE_INFINITY : LONGEST
  const longest = Math.min(...readers.map(({ maxLength }) => maxLength), config.training.batchTokens, most)
  const pairs = tokenizer.areWhole ? cutTexts(prepared.train, tokenizer, longest) : prepared.train
  // One sound fits a batch, however long it is.
  const room = Math.max(config.training.batchTokens, model.weights.config.sound?.positions ?? 0)
  const stream = (epochs: number | null, state?: BatchStreamState) =>
    new BatchStream(
      pairs,
      tokenizer,
      batchSettings(config.training, { longest, room }, epochs),
      state,
      prepared.augmenter,
    )
  const plan = await inTurn(ranks, () =>
    planOf(config, folder, () => {
      listener.preparing?.('epoch')
      return stream(1)
    }),
  )
  const adapter = config.lora && (await inTurn(ranks, () => adapterOf(config, model, folder)))
  const options = trainerOptionsOf(plan, { distillation, adapter })
  const trainer = new Trainer(player, model.weights, folder, options, { listener, ranks })
  const left = await inTurn(ranks, () => trainer.resume())
  await trainer.checkSame()
  const state = left ? readBatchStreamState(left) : undefined
  const fitting = await fittingOf(prepared.validation, tokenizer, longest)
  // Settings are stored no earlier, because pairs and checkpoints of a resumed run could still have been refused.
  if (ranks.rank === 0) {
    storeSettings(folder, plan.training.epochs === null ? config : plan)
    const now = { step: trainer.step, backend: player.info, ranks: ranks.size }
    const start = await startOf(prepared, fitting, plan, now)
    taken.keep()
    listener.started?.(start)
  }
  const held = fitting.length ? validationOf(fitting, model, config.data.train, plan.validation) : null
  const kept = keptOf(prepared, fitting, config)
  return trained(run, trainer, { batches: stream(plan.training.epochs, state), held, kept }, { model, adapter })
}

/** @throws GlassformerError ERR_OPTION for a codebook that would have to move by several batches at once */
function checkCodebook({ latents }: ModelConfig, { training }: TrainConfig, ranks: Ranks): void {
  if (!latents || !hasCodebook(latents) || (training.accumulate === 1 && ranks.size === 1)) return
  throw new GlassformerError(
    'ERR_OPTION',
    'the codebook of an autoencoder moves with each batch: training.accumulate must be 1, and one process alone trains it',
  )
}

/** Takes all steps, and writes the model folder unless the training is stopped. */
async function trained(
  { ranks, config, folder, listener, signal }: Run,
  trainer: Trainer,
  { batches, held, kept }: { batches: BatchStream; held: Validation | null; kept: KeptLines | null },
  { model, adapter }: { model: TextModel; adapter?: TrainedAdapter },
): Promise<TrainResult> {
  const measured = async () => {
    if (!kept) return
    listener.kept?.({ step: trainer.step, ...(await measuredBy(trainer, kept, model)) })
  }
  try {
    if (trainer.step === 0) await fromFirst(ranks, measured)
    const ended = await trainer.run(batches, held, signal)
    if (ended === 'stopped') return { ended, step: trainer.step, model: null, scores: null }
    return await fromFirst(ranks, async () => {
      trainer.finish()
      const scores = held && (await trainer.evaluate(held))
      await measured()
      if (adapter) {
        writeTrained(join(folder, 'adapter'), adapter, config, model.weights)
        adapter.mergeInto(model.weights)
      }
      const written = join(folder, 'model')
      writeModel(written, model, storedIn(config, model))
      return { ended, step: trainer.step, model: written, scores }
    })
  } finally {
    await batches.close()
  }
}

function adapterOf(config: TrainConfig, { weights }: TextModel, folder: string): TrainedAdapter {
  const adapter = firstAdapter(config, weights, folder)
  keepFirstAdapter(adapter, config, weights, folder)
  return adapter
}

function distillationOf(teacher: Weights | null, { training }: TrainConfig): Distillation | undefined {
  const { teacherWeight: share, teacherTemperature: temperature } = training
  return teacher ? { teacher, share: present(share), temperature: present(temperature) } : undefined
}

/**
 * The settings with the number of steps. With epochs, their steps are counted, and the folder's settings then get the
 * values that follow from the number.
 */
async function planOf(config: TrainConfig, folder: string, firstEpoch: () => BatchStream): Promise<PlannedConfig> {
  const { steps, epochs, accumulate } = config.training
  if (epochs === null) return planned(config, present(steps))
  const batches = await batchesOfEpoch(join(folder, 'checkpoints'), firstEpoch)
  return planned(config, Math.ceil((epochs * batches) / accumulate))
}

async function startOf(
  { model, sharing, improbable, mixed, isSwapped, augmenter, found }: Prepared,
  fitting: readonly Fitting[],
  plan: PlannedConfig,
  now: Pick<TrainStart, 'step' | 'backend' | 'ranks'>,
): Promise<TrainStart> {
  const { config, parameters } = model.weights
  return {
    ...now,
    config: plan,
    parameters: parameters.reduce((sum, { rows, width }) => sum + rows * width, 0),
    vocabulary: { source: config.sourceVocabulary, target: config.targetVocabulary },
    validation: fitting.map(({ text }) => text),
    sharing,
    improbable,
    mixed,
    isSwapped,
    isAugmented: augmenter !== null,
    ...(await found()),
  }
}

/** The most tokens of either side of a pair. */
const LONGEST = 256

/** The number of pairs in memory for shuffling. */
const SHUFFLED = 200_000

const batchSettings = (
  { batchTokens, seed }: TrainConfig['training'],
  { longest, room }: { longest: number; room: number },
  epochs: number | null,
): BatchSettings => ({
  sourceTokens: room,
  targetTokens: batchTokens,
  longest,
  shuffle: SHUFFLED,
  seed,
  epochs: epochs ?? Number.POSITIVE_INFINITY,
})

/** How the model is stored: as the settings say, by default as the model that was trained further. */
function storedIn({ training }: TrainConfig, { storedAs }: TextModel): 'float32' | 'float16' | 'int8' {
  if (training.weights !== 'auto') return training.weights
  return storedAs === 'int8' ? 'int8' : 'float32'
}

function writeModel(folder: string, { weights, beside, confidence }: TextModel, dtype: 'float32' | 'float16' | 'int8') {
  const model = { ...beside, weights, dtype: dtype === 'int8' ? 'float32' : dtype } as const
  const written = dtype === 'int8' ? `${folder}-float32` : folder
  if (huggingFaceLacks(model)) writeGlassformerFolder(written, model)
  else writeHuggingFaceFolder(written, model)
  if (dtype === 'int8') {
    convertFolder(written, folder, dtype)
    rmSync(written, { recursive: true })
  }
  if (confidence) writeConfidence(folder, confidence)
}
