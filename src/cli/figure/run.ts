import { basename } from 'node:path'
import { distanceTensors } from '../../figure/distances.ts'
import { type FigureNeeds, figure, figureNeeds } from '../../figure/figure.ts'
import type { FigureName, FigureOptions } from '../../figure/options.ts'
import { modelFolder } from '../../folders/model-folder.ts'
import { replaceFile } from '../../formats/replace-file.ts'
import { ModelInspector } from '../../inspect/model-inspector.ts'
import type { ModelConfig } from '../../model/config.ts'
import { tracedModel } from '../../trace/traced-model.ts'
import { type FigureCommandOptions, isPng } from './options.ts'
import { pngOf } from './png.ts'

/** `glassformer figure`: what the model computes for the source, drawn, and written to a file or to standard output. */
export async function drawFigure(
  name: FigureName,
  source: string | undefined,
  asked: FigureOptions,
  options: FigureCommandOptions,
): Promise<void> {
  const { output } = options
  const svg = svgOf(name, source, asked, options)
  if (output === '-') process.stdout.write(svg)
  else replaceFile(output, [isPng(output) ? await pngOf(svg, asked.width ?? null) : Buffer.from(svg)])
}

function svgOf(
  name: FigureName,
  source: string | undefined,
  asked: FigureOptions,
  { model, target, beams, backend, precision }: FigureCommandOptions,
): string {
  if (source === undefined && name !== 'architecture') return figure(name, null, asked)
  const inspector = ModelInspector.load(model, { backend, precision })
  try {
    const trace =
      source === undefined
        ? { model: tracedModel(basename(modelFolder(model)), inspector.weights, inspector.player.info.backend) }
        : inspector.inspect(source, { ...needsOf(name, asked, inspector.weights.config), target, beams })
    return figure(name, trace, asked)
  } finally {
    inspector.close()
  }
}

/** What the figure needs of this model: the neuron view also what distances add. */
function needsOf(name: FigureName, asked: FigureOptions, config: ModelConfig): FigureNeeds {
  const needs = figureNeeds(name, asked)
  if (name !== 'neuron') return needs
  const { kind = 'cross', layer } = asked
  const last = (kind === 'encoder' ? config.encoder : config.decoder).layers - 1
  const distances = distanceTensors({ positions: config.positions.kind }, kind, layer ?? last)
  return { ...needs, tensors: [...needs.tensors!, ...distances] }
}
