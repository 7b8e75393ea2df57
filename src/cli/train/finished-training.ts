import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { counted } from '../../base/values/number-text.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { readBatchStreamState } from '../../learn/train/batches/batch-stream-state.ts'
import { readMetrics } from '../../learn/train/report/metrics.ts'
import type { TrainConfig } from '../../learn/train/settings/config.ts'
import { checkpointSteps, readCheckpoint, type StoredState } from '../../learn/train/state/checkpoint.ts'
import { readProgress } from '../../learn/train/state/progress.ts'

/** A training that has written its model and has no steps left. */
export interface FinishedTraining {
  step: number
  /** Options that would add steps. */
  longer: string[]
}

/**
 * The finished training in a folder; null where steps are left, or where the model may not be that of the last step:
 * ending the training once more then writes the same model again.
 */
export function finishedTraining(output: string, config: TrainConfig): FinishedTraining | null {
  const checkpoints = join(output, 'checkpoints')
  const step = checkpointSteps(checkpoints).at(-1)
  if (step === undefined || !hasFile(join(output, 'model', 'config.json')) || !hasEnded(output, step)) return null
  const longer = optionsForMore(readCheckpoint(checkpoints, step, {}), config)
  return longer.length ? { step, longer } : null
}

/** Whether the last session has ended; a session records its end when it writes the model. */
function hasEnded(output: string, step: number): boolean {
  const last = readMetrics(output).at(-1)
  return last?.kind === 'end' && last.step === step && (last.ended === 'done' || last.ended === 'patience')
}

/** The options that would let a training take more steps; none where it can resume as it is. */
function optionsForMore(state: StoredState, { training: { steps, epochs, patience } }: TrainConfig): string[] {
  const { step, worse } = readProgress(state)
  const { epoch } = readBatchStreamState(state)
  const isAtEnd = epochs === null ? step >= present(steps) : epoch >= epochs
  return [
    ...(isAtEnd ? (epochs === null ? ['--steps', `${2 * step}`] : ['--epochs', `${2 * epoch}`]) : []),
    ...(patience && worse >= patience ? ['--patience', `${2 * worse}`] : []),
  ]
}

/** @throws GlassformerError ERR_OPTION where settings of a finished training are changed, which would have no effect */
export function refuseChanges(output: string, { step, longer }: FinishedTraining, changes: readonly string[]): void {
  if (changes.length)
    throw new GlassformerError(
      'ERR_OPTION',
      `${output} is a finished training of ${counted(step, 'step')}, and nothing would come of these changes: ${changes.join(', ')}; ` +
        `train it for longer (${longer.join(' ')}, say), or give another --output`,
    )
}
