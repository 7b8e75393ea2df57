import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { LoadedEncoder } from '../../../files/folders/encoders/read-encoder-folder.ts'
import { EncoderGradients } from '../../../trace/attribution/index.ts'
import type { WorkerContext, WorkerPart } from '../../../workers/jobs/job-kind.ts'
import { type Ask, promptedIds } from './ask.ts'
import { statesGradient } from './pooled-gradient.ts'

/** The gradients of a worker's model. */
export class GradientsPart implements WorkerPart {
  readonly busy = false
  readonly gradients: EncoderGradients

  constructor({ model, player }: WorkerContext<LoadedEncoder>) {
    this.gradients = new EncoderGradients(player, model.weights)
  }

  step(): void {}
}

/** What each token has in a vector's product with `toward`, or in the logit of a class: gradient × embedding. */
export const askShares =
  (gradientsOf: () => EncoderGradients): Ask =>
  (part, item, task, done) => {
    if (task.task !== 'shares') throw new GlassformerError('ERR_INTERNAL', `${task.task} asks for no shares`)
    const gradients = gradientsOf()
    const { config, sentence } = part.model
    const { ids, skipped } = promptedIds(part, item, task)
    const states = gradients.states(ids)
    const n = ids.ids.length
    const dStates =
      task.label === null
        ? statesGradient(states, { width: config.dModel, skipped }, sentence, present(item.toward))
        : classGradient(gradients, states, task.label)
    done({ tokens: n, truncated: ids.truncated, ids: [...ids.ids], shares: gradients.shares(ids, dStates) })
    return []
  }

/** The gradient of the logit of a class by the states. */
function classGradient(gradients: EncoderGradients, states: Float32Array, label: number): Float32Array {
  const { dModel, head } = gradients.weights.config
  const { pooling, outputs } = present(head)
  const n = states.length / dModel
  const isMean = pooling === 'mean'
  const row = states.slice(0, dModel)
  if (isMean) for (let c = 0; c < dModel; c++) row[c] = meanOf(states, c, dModel)
  const dAnswers = new Float32Array(outputs)
  dAnswers[label] = 1
  const dRow = gradients.gradientOfRows(row, dAnswers)
  const made = new Float32Array(states.length)
  if (!isMean) made.set(dRow)
  else for (let at = 0; at < made.length; at++) made[at] = dRow[at % dModel] / n
  return made
}

function meanOf(states: Float32Array, column: number, width: number): number {
  let sum = 0
  for (let at = column; at < states.length; at += width) sum += states[at]
  return (sum * width) / states.length
}
