import { GlassformerError } from '../../base/errors.ts'
import { type InspectedModel, modelData } from './inspected-model.ts'
import { pageFile } from './page-file.ts'

/** A run that an exported file shows: what the page calls it, and what the model is asked for. */
export interface ExportedRun {
  run: object
  model: string
  source: string
  options: object
  /** Names of tensors that it has, and then neither lens nor beam tree; left out: all that views show. */
  tensors?: readonly string[]
}

interface Exported {
  runs: readonly ExportedRun[]
  /** What is shown first, as the page's address has it: 'attention?layer=1'. */
  start: string
}

/** How many best tokens a step tells of, and a depth of the lens. */
const TOP = 10

/** What the views show, but for positions, of which each model has its own. */
const TENSORS = ['*.embedding', '*.embedded', '*.output', '*.*.*.output', '**.normed', '*.*.input'].concat(
  ['query', 'key', 'value', 'weights'].map((name) => `**.${name}`),
)

/**
 * The page as one file that shows these runs in every view, without a server.
 * @throws GlassformerError ERR_INPUT for a model that is not there, and what inspecting throws
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
