import { extname } from 'node:path'
import { Argument, type Command } from 'commander'
import {
  type FigureName,
  type FigureOptions,
  figureNames,
  figureSettings,
  figuresWith,
  takenBy,
} from '../../trace/figure/options.ts'
import { modelOption } from '../flags/options.ts'
import { addFlags, givenBy } from '../flags/schema-flags.ts'
import { type FigureCommandOptions, isPng, traceFlags, withoutSource } from './options.ts'

const HELP = `
Figures of what the model computes for the source:
  attention     a matrix: a row for each query, a column for each key
  heads         lines from queries to keys in the colors of the heads
  grid          a thumbnail for every head of every layer
  neuron        one query of one head in six steps: q, k, q·k, softmax, v, z
  distribution  how probable the next tokens are, at all steps or at one
  beam          the beam tree
  lens          what each layer of the decoder would say
  shares        what each part of the decoder adds to the logit of each token
  saliency      which tokens of the source each target token depends on
  sweep         one number while tensors are replaced: layer × position or head
  architecture  the whole machine; without a source its shapes alone
  positions     position encodings, of any length and width, without a source

The translation is the model's own, unless --target gives another text for the
decoder to read. Layers, heads, steps and places count from 0, as in a listing.
A PNG needs the package @resvg/resvg-js (npm install @resvg/resvg-js), and is
drawn with two pixels for each of the SVG, unless --width says how many.

Examples:
  $ glassformer figure heads "Je suis étudiant." -o heads.svg
  $ glassformer figure heads "Je suis étudiant." --kind encoder --layer 1 --query suis -o suis.png
  $ glassformer figure attention "Je suis étudiant." --layer 0 --head 2 -o head-2.svg
  $ glassformer figure neuron "Je suis étudiant." --kind encoder --layer 0 --query 1 > neuron.svg
  $ glassformer figure distribution "Je suis étudiant." --step 2 --theme dark -o step-2.png
  $ glassformer figure saliency "Je suis étudiant." --by integrated -o saliency.svg
  $ glassformer figure sweep "Le chat dort." --second "Le chien dort." -o sweep.svg
  $ glassformer figure beam "Je suis étudiant." --beams 4 -o beams.svg
  $ glassformer figure positions --encoding halves --length 20 --dimensions 512 -o positions.svg
  $ glassformer figure architecture --model ./opus-mt-fr-en -o machine.svg`

export function addFigure(program: Command): void {
  const command = program
    .command('figure')
    .description('draw what a model computes for a sentence, as an SVG or PNG file')
    .addArgument(new Argument('<figure>', 'which one; see below').choices(figureNames))
    .argument('[source]', 'the sentence')
    .option('-o, --output <file>', 'a file ending with .svg or .png, or - for SVG on standard output', '-')
    .addOption(modelOption())
  addFlags(command, figureSettings).option('--target <text>', 'what the decoder reads')
  addFlags(command, traceFlags)
    .addHelpText('after', HELP)
    .action(async (name: FigureName, source: string | undefined, options: FigureCommandOptions, command: Command) => {
      const asked = givenBy(figureSettings, options) as FigureOptions
      const wrong = wrongUse(name, source, asked, options)
      if (wrong) command.error(`error: ${wrong}`)
      const { drawFigure } = await import('./run.ts')
      await drawFigure(name, source, asked, options)
    })
}

/** The usage error of the command; null: none. */
function wrongUse(
  name: FigureName,
  source: string | undefined,
  asked: FigureOptions,
  { output, target, beams }: FigureCommandOptions,
): string | null {
  for (const option of Object.keys(asked) as (keyof FigureOptions)[])
    if (!takenBy[name].includes(option))
      // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
      return `--${/--([\w-]+)/.exec(figureSettings[option].flag)![1]} belongs to the figures ${figuresWith(option)}, not to ${name}`
  const needsNone = withoutSource(name, asked.encoding)
  if (source === undefined && !needsNone)
    return `figure ${name} is of a sentence: give one, as in glassformer figure ${name} "Je suis étudiant."`
  if (name === 'positions' && needsNone && source !== undefined)
    return 'figure positions is of no sentence, unless --encoding is own'
  if (source === undefined && (target ?? beams) !== undefined)
    return `${target === undefined ? '--beams' : '--target'} belongs to a figure of a sentence`
  if (name === 'beam' && target !== undefined)
    return 'figure beam shows a search, and --target leaves nothing to search for'
  if (output !== '-' && !['.svg', '.png'].includes(extname(output).toLowerCase()))
    return `--output must end with .svg or .png, or be -: ${output}`
  if (isPng(output) && asked.theme === 'either') return '--theme either is of SVG: a PNG is light or dark'
  return null
}
