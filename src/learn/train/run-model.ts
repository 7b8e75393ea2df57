import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { firstAdapter } from './lora/first-adapter.ts'
import { readModel, type TextModel } from './models/kept-model.ts'
import { newModel, newStudent } from './new-model.ts'
import type { TrainConfig } from './settings/config.ts'
import { readSettings } from './settings/stored-settings.ts'
import { checkpointSteps, readCheckpoint } from './state/checkpoint.ts'

/** The model of a training, at each step whose weights are still stored. */
export interface RunModel {
  model: TextModel
  /** The steps: 0, before the first step, and those of the checkpoints. */
  steps: readonly number[]
  /**
   * Loads the weights of a step into the model. If there is a moving average, that is loaded, because it is the result
   * of a training.
   */
  load(step: number): void
}

/**
 * Opens the folder of a training, which may be under way, to look at what it has learned. Nothing is written.
 * @throws GlassformerError ERR_FILE if there is no training, or it has no vocabulary yet; ERR_MODEL_FORMAT for damaged
 * files
 */
export async function openRunModel(folder: string): Promise<RunModel> {
  const config = readSettings(folder)
  if (!config) throw new GlassformerError('ERR_FILE', `${folder} is no folder of a training: it has no settings.json`)
  const model = await firstModel(config, folder)
  const { values } = model.weights
  const first = values.slice()
  const adapter = config.lora && firstAdapter(config, model.weights, folder)
  const checkpoints = join(folder, 'checkpoints')
  const name = config.training.ema ? 'average' : 'weights'
  return {
    model,
    steps: [0, ...checkpointSteps(checkpoints)],
    load(step) {
      if (adapter || step === 0) values.set(first)
      if (step === 0) return
      readCheckpoint(checkpoints, step, { [name]: (adapter ?? model.weights).values })
      adapter?.mergeInto(model.weights)
    },
  }
}

/**
 * The initial model of the training: that of another folder, or one with random weights, which follow from the seed.
 */
async function firstModel(config: TrainConfig, folder: string): Promise<TextModel> {
  const { seed, teacher } = config.training
  if (config.from !== undefined) return readModel(config.from, join(folder, 'origin'))
  const { model, vocabulary } = config
  if (!vocabulary) return newStudent({ model, seed }, readModel(present(teacher), join(folder, 'teacher')))
  const kept = join(folder, 'vocabulary')
  if (!hasFile(kept))
    throw new GlassformerError(
      'ERR_FILE',
      `${folder}: the training has no vocabulary yet; look again when it has begun`,
    )
  const isAlone = config.data.train.format === 'text'
  return newModel({ model, vocabulary, seed, isAlone }, nothing(), kept, () => {
    throw new GlassformerError('ERR_FILE', `${kept} is not whole; go on with the training, which makes it anew`)
  })
}

async function* nothing(): AsyncGenerator<never> {}
