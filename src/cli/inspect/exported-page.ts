import { GlassformerError } from '../../base/errors.ts'
import { type InspectedModel, modelData } from './inspected-model.ts'
import { pageFile } from './page-file.ts'

/** A run in an exported file: its name on the page, and the request to the model. */
export interface ExportedRun {
  run: object
  model: string
  source: string
  options: object
  /** Names of tensors to record, without lens or beam tree; by default all that views show. */
  tensors?: readonly string[]
}

interface Exported {
  runs: readonly ExportedRun[]
  /** The address that the page opens at: 'attention?layer=1'. */
  start: string
}

/** The number of best tokens recorded for each step and for each depth of the lens. */
const TOP = 10

/** The tensors that the views show, except those of positions, which differ between models. */
const TENSORS = ['*.embedding', '*.embedded', '*.output', '*.*.*.output', '**.normed', '*.*.input'].concat(
  ['query', 'key', 'value', 'weights', 'heads', 'scaledScores', 'maskedScores'].map((name) => `**.${name}`),
)

/**
 * The page as one file that shows these runs in every view, without a server.
 * @throws GlassformerError ERR_INPUT for an unknown model, and the errors of `inspect`
 */
export async function exportedPage(
  { runs, start }: Exported,
  models: readonly InspectedModel[],
  signal: AbortSignal,
): Promise<string> {
  const exported: { run: object; trace: string }[] = []
  for (const { run, model: name, source, options, tensors: some } of runs) {
    const model = modelNamed(name, models)
    const tensors = [...TENSORS, ...model.ownNames]
    const wanted = some
      ? { ...options, tensors: some, steps: TOP }
      : { ...options, tensors, steps: TOP, lens: TOP, beamTree: true }
    exported.push({ run, trace: await model.inspect(source, wanted, signal) })
  }
  const shown = [...new Set(runs.map(({ model }) => modelNamed(model, models)))]
  return pageFile({ ...modelData(shown), source: runs[0].source, start, exported }).html
}

/** @throws GlassformerError ERR_INPUT */
export function modelNamed(name: string, models: readonly InspectedModel[]): InspectedModel {
  const model = models.find((each) => each.name === name)
  if (model) return model
  const others = models.map((each) => each.name).join(', ')
  throw new GlassformerError('ERR_INPUT', `there is no model ${JSON.stringify(name)}: there is ${others}`)
}
