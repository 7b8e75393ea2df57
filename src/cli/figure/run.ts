import { basename } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { isDecoderOnly, type ModelConfig } from '../../engine/model/config/config.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { replaceFile } from '../../formats/disk/replace-file.ts'
import { ModelInspector } from '../../look/inspect/model-inspector.ts'
import { distanceTensors } from '../../trace/figure/distances.ts'
import { checkBelow, type FigureNeeds, figure, figureNeeds } from '../../trace/figure/figure.ts'
import type { FigureName, FigureOptions } from '../../trace/figure/options.ts'
import { tracedModel } from '../../trace/play/traced-model.ts'
import { type FigureCommandOptions, isPng } from './options.ts'

/** PNG pixels for each SVG pixel. */
const DENSITY = 2

/**
 * An SVG text as a PNG file; `width` is in pixels, by default twice that of the SVG.
 * @throws GlassformerError ERR_UNSUPPORTED where @resvg/resvg-js is not installed, or there is no font for the letters
 */
async function pngOf(svg: string, width: number | null): Promise<Uint8Array> {
  const { Resvg } = await resvg()
  const font = { loadSystemFonts: true }
  const letter = new Resvg(LETTER, { font })
  if (!letter.getBBox())
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      'a PNG needs fonts, and this system has none: install one (fonts-dejavu-core, for instance), or write an .svg',
    )
  const fitTo = width === null ? { mode: 'zoom' as const, value: DENSITY } : { mode: 'width' as const, value: width }
  return new Resvg(svg, { font, fitTo }).render().asPng()
}

const LETTER =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9" font-family="sans-serif">a</text></svg>'

async function resvg(): Promise<typeof import('@resvg/resvg-js')> {
  try {
    return await import('@resvg/resvg-js')
  } catch (cause) {
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      'a PNG is drawn by @resvg/resvg-js, which is not installed: npm install @resvg/resvg-js, or write an .svg',
      { cause },
    )
  }
}

/**
 * `glassformer figure`: draws the model's computation for the source, and writes it to a file or to standard output.
 */
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

/** The names of the tensors that the figure needs from this model; the neuron view also needs the position biases. */
function needsOf(name: FigureName, asked: FigureOptions, config: ModelConfig): FigureNeeds {
  const needs = figureNeeds(name, asked)
  if (name === 'positions' && isDecoderOnly(config)) return { tensors: ['decoder.positions'] }
  const { kind = 'cross', layer } = asked
  const { layers } = kind === 'encoder' ? config.encoder : config.decoder
  checkBelow('layer', layer ?? null, layers)
  if (name !== 'neuron') return needs
  const distances = distanceTensors({ positions: config.positions.kind }, kind, layer ?? layers - 1)
  return { ...needs, tensors: [...present(needs.tensors), ...distances] }
}
