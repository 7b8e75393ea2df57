import { inFile } from '../../../base/schema/place.ts'
import { read, settings } from '../../../base/schema/settings.ts'
import { finiteNumber, integer } from '../../../base/schema/types.ts'
import type { StoredState } from './checkpoint.ts'

/** Progress of a training: the plain data of a checkpoint. */
export interface Progress {
  step: number
  /** The best validation so far; step 0 and null before the first. */
  best: { step: number; loss: number | null }
  /** The number of validations since the best one. */
  worse: number
  /** The position in the batches; null before the first. */
  batches: object | null
}

const ofProgress = settings({
  step: { type: integer(0), says: 'steps that were taken' },
  worse: { type: integer(0), says: 'validations since the best one' },
})

const ofBest = settings({
  step: { type: integer(0), says: 'the step of the best validation' },
  loss: { type: finiteNumber, default: null, says: 'its loss' },
})

/** @throws GlassformerError ERR_MODEL_FORMAT naming file and field */
export function readProgress({ values, path }: StoredState): Progress {
  const { step, worse, best, batches } = values
  return {
    ...read(ofProgress, { step, worse }, inFile(path)),
    best: read(ofBest, best, inFile(path, 'ERR_MODEL_FORMAT', 'best.')),
    batches: inFile(path, 'ERR_MODEL_FORMAT', 'batches.').object(batches),
  }
}
