import type { TrainingInspector } from '../../look/inspect/training-inspector.ts'
import { traceToJson } from '../../trace/data/json.ts'
import { ownNames } from '../../trace/edits/tensor-names.ts'
import type { ExportedRun } from './exported-page.ts'
import type { InspectedModel } from './inspected-model.ts'

/** The checkpoints of a training as models, the latest first. */
export const checkpointModels = (inspector: TrainingInspector): InspectedModel[] =>
  [...inspector.steps].reverse().map((step) => ({
    name: `step ${step}`,
    step,
    ownNames: ownNames(inspector.weights.config),
    inspect: async (source, options, signal) => traceToJson(inspector.inspect(step, source, { ...options, signal })),
  }))

/**
 * The requests of the training view for a sentence: at each checkpoint, the latest checkpoint's translation and the
 * checkpoint's own.
 */
export function trainingRuns(inspector: TrainingInspector, source: string): ExportedRun[] {
  const target = inspector.inspect(inspector.steps.at(-1)!, source).target.ids
  return checkpointModels(inspector).flatMap(({ name: model }, i) => {
    const run = { model, source, beams: null, lengthPenalty: null, headsOff: [], forced: [] }
    return [
      { run, model, source, options: {}, ...(i > 0 && { tensors: [] }) },
      { run: { ...run, target }, model, source, options: { target }, tensors: ['**.weights'] },
    ]
  })
}
