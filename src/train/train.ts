import { join } from 'node:path'
import { createPlayer } from '../backend/create-player.ts'
import { generationDefaults } from '../decode/options.ts'
import { makeFolder, writeGlassformerFolder } from '../folders/glassformer.ts'
import { isMarian, writeMarianFolder } from '../folders/marian-writer.ts'
import type { JsonObject } from '../formats/json-text.ts'
import { Weights } from '../weights/weights.ts'
import type { TrainConfig } from './config.ts'
import { BatchStream, type BatchStreamState } from './data/batch-stream.ts'
import { initialise } from './initialise.ts'
import { type Prepared, prepare } from './prepare.ts'
import { type Batches, Trainer, type TrainerListener, type Validation } from './trainer.ts'

/** Where a training runs. */
export interface TrainOptions {
  backend: 'auto' | 'native' | 'js'
  threads: number
  precision: 'auto' | 'float32' | 'bfloat16'
  /** Stops after the step under way; what has been reached is saved. */
  signal?: AbortSignal
}

/** How a training ended, and the model folder that it has written; null where it was stopped. */
export interface TrainResult {
  ended: 'done' | 'patience' | 'stopped'
  step: number
  model: string | null
}

/**
 * Trains a translator from sentence pairs into `folder`: vocabulary, checkpoints, and at the end `model`, a folder that
 * Translator loads. A folder with checkpoints goes on from the latest, to the same bits as if it had never stopped.
 */
export async function train(
  config: TrainConfig,
  folder: string,
  options: TrainOptions,
  listener: TrainerListener & { prepared?(prepared: Prepared): void },
): Promise<TrainResult> {
  makeFolder(folder)
  const prepared = await prepare(config, folder)
  listener.prepared?.(prepared)
  const weights = new Weights(prepared.model)
  initialise(weights, config.training.seed)
  const player = createPlayer(options)
  try {
    const { validation, training } = config
    const trainer = new Trainer(
      player,
      weights,
      folder,
      { ...training, validateEvery: validation.every, beams: validation.beams },
      listener,
    )
    const state = trainer.resume()
    const stream = new BatchStream(
      prepared.train,
      prepared.tokenizer,
      batchOptions(config),
      (state ?? undefined) as BatchStreamState | undefined,
    )
    const ended = await trainer.run(batchesOf(stream), validationOf(prepared, validation.sentences), options.signal)
    await stream.close()
    if (ended === 'stopped') return { ended, step: trainer.step, model: null }
    trainer.finish()
    return { ended, step: trainer.step, model: writeModel(join(folder, 'model'), weights, prepared) }
  } finally {
    player.close()
  }
}

const batchOptions = ({ training, model }: TrainConfig) => ({
  sourceTokens: training.batchTokens,
  targetTokens: training.batchTokens,
  longest: Math.min(model.maxLength, training.batchTokens, 256),
  seed: training.seed,
})

function batchesOf(stream: BatchStream): Batches {
  return {
    async next() {
      const batch = (await stream.next())!
      const pairs = batch.sources.map((source, i) => ({ source, target: batch.targets[i] }))
      return { pairs, epoch: batch.epoch, paddingShare: paddingShare(batch.sources, batch.targets) }
    },
    state: () => stream.state() as unknown as JsonObject,
  }
}

/** The share of a padded batch that would be padding; here there is none. */
function paddingShare(...sides: readonly (readonly (readonly number[])[])[]): number {
  let [tokens, cells] = [0, 0]
  for (const side of sides) {
    const longest = side.reduce((max, { length }) => Math.max(max, length), 0)
    tokens += side.reduce((sum, { length }) => sum + length, 0)
    cells += longest * side.length
  }
  return cells ? 1 - tokens / cells : 0
}

function validationOf({ validation, tokenizer }: Prepared, sentences: number): Validation | null {
  if (!validation.length) return null
  const pairs = validation.map(({ source, target }) => ({
    source: tokenizer.encode(source),
    target: tokenizer.encodeTarget(target),
  }))
  const few = validation.slice(0, sentences)
  return {
    pairs: pairs.filter(({ source }) => source.length > 0),
    sources: pairs.slice(0, sentences).map(({ source }) => source),
    references: few.map(({ target }) => target),
    decode: (ids) => tokenizer.decode(ids),
  }
}

function writeModel(folder: string, weights: Weights, { files, model }: Prepared): string {
  const generation = {
    ...generationDefaults,
    beams: 4,
    maxTokens: Math.min(model.maxLength - 1, 255),
    suppress: [model.ids.padding!],
    forcedLast: model.ids.end,
  }
  if (isMarian(model)) writeMarianFolder(folder, { weights, dtype: 'F32', tokenizer: files, generation })
  else writeGlassformerFolder(folder, { config: model, weights, dtype: 'F32', tokenizer: files, generation })
  return folder
}
