import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings, type Values } from '../../base/schema/settings.ts'
import { either, flag, integer, oneOf, type Type, text } from '../../base/schema/types.ts'
import { type SinusoidKind, sinusoidKinds } from '../../engine/model/config/sinusoids.ts'
import { substitutes } from '../edits/intervention.ts'
import { measures, sweptParts } from '../sweep/index.ts'
import { attentionKinds, attentionValues } from './attention.ts'

/** Every figure by its name. */
export const figureNames = [
  'attention',
  'heads',
  'grid',
  'neuron',
  'positions',
  'distribution',
  'beam',
  'lens',
  'shares',
  'saliency',
  'sweep',
  'architecture',
] as const
/** The figures that `glassformer figure` and `figure()` draw. */
export type FigureName = (typeof figureNames)[number]

/** Sinusoids, or the model's own position encodings for a sentence. */
export const encodings = [...sinusoidKinds, 'own'] as const
export type Encoding = SinusoidKind | 'own'

const tokenOrPlace: Type<string | number> = {
  expected: 'a token, or its place from 0',
  accepts: (value): value is string | number =>
    (typeof value === 'string' && value !== '') || (Number.isSafeInteger(value) && (value as number) >= 0),
  parse: (text) => (/^\d+$/.test(text) ? Number(text) : text === '' ? undefined : text),
}

/** The options of figures. Each applies to some figures: see `takenBy`. */
export const figureSettings = settings({
  kind: {
    type: oneOf(...attentionKinds),
    default: 'cross',
    flag: '--kind <kind>',
    says: 'which attention: of the `encoder`, of the `decoder` to itself, or `cross`, of the decoder to the source',
  },
  layer: {
    type: integer(0),
    default: null,
    otherwise: 'the last',
    flag: '-l, --layer <n>',
    says: 'layer of that stack, from 0',
  },
  head: {
    type: integer(0),
    default: null,
    otherwise: 'attention: the mean of all; heads: all; neuron: 0',
    flag: '--head <n>',
    says: 'head of that layer, from 0',
  },
  query: {
    type: tokenOrPlace,
    default: null,
    otherwise: 'heads: all; neuron: 0',
    flag: '-q, --query <token>',
    says: 'whose look is drawn: a token as the figure shows it, or its place from 0',
  },
  values: {
    type: oneOf(...attentionValues),
    default: 'weights',
    flag: '--values <stage>',
    says: '`weights`, or what they are the softmax of: `scores` q·k, those divided by √dHead, or these with the mask',
  },
  words: { type: flag, default: false, flag: '--words', says: 'merge subwords into words' },
  hideEnd: { type: flag, default: false, flag: '--hide-end', says: 'leave the end token out' },
  step: {
    type: integer(0),
    default: null,
    otherwise: 'distribution: all steps in one matrix; sweep: where the translations part',
    flag: '--step <n>',
    says: 'step of the decoder, from 0',
  },
  by: {
    type: oneOf('gradient', 'integrated'),
    default: 'gradient',
    flag: '--by <method>',
    says: 'gradient times embedding, or integrated gradients',
  },
  contrast: {
    type: { ...either(text, integer(0)), expected: 'a token or its id' },
    default: null,
    otherwise: 'shares, saliency: none; sweep: where the translations part',
    flag: '--contrast <token>',
    says: 'a token or its id, whose logit is subtracted',
  },
  second: {
    type: text,
    default: null,
    otherwise: 'none',
    flag: '--second <text>',
    says: 'a second sentence, whose tensors take the place of the first',
  },
  substitute: {
    type: oneOf(...substitutes),
    default: 'zero',
    flag: '--substitute <what>',
    says: 'without a second sentence: what takes the place of tensors',
  },
  over: {
    type: oneOf(...sweptParts),
    default: 'position',
    flag: '--over <part>',
    says: 'columns: positions, or heads',
  },
  tensors: {
    type: text,
    default: null,
    otherwise: '`encoder.*.out`, or of heads `encoder.*.selfAttention.heads`',
    flag: '--tensors <names>',
    says: 'rows: a name of tensors, where `*` matches one part',
  },
  measure: {
    type: oneOf(...measures),
    default: null,
    otherwise: 'logitDifference with a second sentence, else loss',
    flag: '--measure <what>',
    says: 'the number that is drawn',
  },
  encoding: {
    type: oneOf(...encodings),
    default: 'interleaved',
    flag: '--encoding <name>',
    says: "sinusoids, of the paper, Marian and Tensor2Tensor; or `own`, the model's, of the positions of a source",
  },
  length: { type: integer(1, 10_000), default: 20, flag: '--length <n>', says: 'how many positions' },
  dimensions: { type: integer(1, 10_000), default: 512, flag: '--dimensions <n>', says: 'of each encoding' },
  theme: {
    type: oneOf('light', 'dark', 'either'),
    default: 'light',
    flag: '--theme <name>',
    says: 'paper: `light`, `dark`, or `either` as the screen of the reader, which browsers alone know',
  },
  width: {
    type: integer(16, 20_000),
    default: null,
    otherwise: 'as it is drawn',
    flag: '--width <pixels>',
    says: 'width of the picture; its height follows',
  },
})

/** Options of a figure; each belongs to some figures. */
export type FigureOptions = Given<typeof figureSettings>
export type ResolvedFigureOptions = Values<typeof figureSettings>

type OptionName = keyof typeof figureSettings

const ofAll = ['theme', 'width'] as const
const ofLayer = ['kind', 'layer', 'head'] as const
const ofView = ['values', 'words', 'hideEnd'] as const

/** Which options each figure takes. */
export const takenBy: Readonly<Record<FigureName, readonly OptionName[]>> = {
  attention: [...ofLayer, ...ofView, ...ofAll],
  heads: [...ofLayer, 'query', 'words', 'hideEnd', ...ofAll],
  grid: ['kind', ...ofAll],
  neuron: [...ofLayer, 'query', ...ofAll],
  positions: ['encoding', 'length', 'dimensions', ...ofAll],
  distribution: ['step', ...ofAll],
  beam: ofAll,
  lens: ofAll,
  shares: ['contrast', ...ofAll],
  saliency: ['by', 'contrast', ...ofAll],
  sweep: ['second', 'substitute', 'over', 'tensors', 'measure', 'contrast', 'step', ...ofAll],
  architecture: ofAll,
}

/** @throws GlassformerError ERR_OPTION, naming the option and its allowed values */
export const resolveFigureOptions = (options: FigureOptions): ResolvedFigureOptions =>
  read(figureSettings, options, inOptions)

/** The figures that have one of the options: 'attention, heads and grid'. */
export function figuresWith(option: OptionName): string {
  const names = figureNames.filter((name) => takenBy[name].includes(option))
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names[0]
}
