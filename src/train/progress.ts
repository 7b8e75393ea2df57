import type { JsonFields } from '../folders/json-fields.ts'

/** How far a training is: the plain data of a checkpoint. */
export interface Progress {
  step: number
  /** The best validation so far; step 0 and null before the first. */
  best: { step: number; loss: number | null }
  /** Validations since then. */
  worse: number
  /** Where the batches stand; null before the first. */
  batches: object | null
}

/** @throws GlassformerError ERR_MODEL_FORMAT naming file and field */
export function readProgress(state: JsonFields): Progress {
  const best = state.object('best', false)
  return {
    step: state.natural('step'),
    best: { step: best.natural('step'), loss: best.has('loss') ? best.number('loss') : null },
    worse: state.natural('worse'),
    batches: state.object('batches', false).whole(),
  }
}
