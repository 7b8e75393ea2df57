import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../errors.ts'
import type { JsonFields } from '../folders/json-fields.ts'
import { checkpointSteps, readCheckpoint } from '../train/checkpoint.ts'
import type { TrainConfig } from '../train/config.ts'

/** A training that has written its model, and has no steps to take. */
export interface FinishedTraining {
  step: number
  /** Options that would give it some. */
  longer: string[]
}

/** Null where there are steps to take, by the settings that it was begun with or by those that it is to go on with. */
export function finishedTraining(
  output: string,
  stored: TrainConfig | null,
  config: TrainConfig,
): FinishedTraining | null {
  const checkpoints = join(output, 'checkpoints')
  const step = checkpointSteps(checkpoints).at(-1)
  if (!stored || step === undefined || !existsSync(join(output, 'model', 'config.json'))) return null
  const state = readCheckpoint(checkpoints, step, {})
  const longer = optionsForMore(state, config)
  return longer.length && optionsForMore(state, stored).length ? { step, longer } : null
}

/** None where it can go on as it is. */
function optionsForMore(state: JsonFields, { training: { steps, epochs, patience } }: TrainConfig): string[] {
  const step = state.natural('step')
  const epoch = state.object('batches', false).natural('epoch')
  const worse = state.natural('worse')
  const isAtEnd = epochs === null ? step >= steps! : epoch >= epochs
  return [
    ...(isAtEnd ? (epochs === null ? ['--steps', `${2 * step}`] : ['--epochs', `${2 * epoch}`]) : []),
    ...(patience && worse >= patience ? ['--patience', `${2 * worse}`] : []),
  ]
}

/** @throws GlassformerError ERR_OPTION where settings of a finished training are to be others: nothing would come of them */
export function refuseChanges(output: string, { step, longer }: FinishedTraining, changes: readonly string[]): void {
  if (changes.length)
    throw new GlassformerError(
      'ERR_OPTION',
      `${output} is a finished training of ${step} steps, and nothing would come of these changes: ${changes.join(', ')}; ` +
        `train it for longer (${longer.join(' ')}, say), or give another --output`,
    )
}
