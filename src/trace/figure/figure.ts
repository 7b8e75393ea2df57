import { hasSelfAttention, inPlaceOfAttention, selfAttentionKindOf } from '../../base/choices/self-attention-kind.ts'
import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import type { Picture } from '../../draw/marks/element.ts'
import { svgText } from '../../draw/marks/svg-text.ts'
import { hasEncoder } from '../../draw/model-shape.ts'
import type { AttributeOption, Contrast } from '../attribution/index.ts'
import type { Trace } from '../data/trace.ts'
import type { SweepOption } from '../sweep/index.ts'
import { type AttentionKind, attentionName, sidesOf, withoutEnd } from './attention.ts'
import { saliencyPicture, sharesPicture, sweepPicture } from './causes.ts'
import { distanceTensors } from './distances.ts'
import {
  type FigureName,
  type FigureOptions,
  figureNames,
  figuresWith,
  type ResolvedFigureOptions,
  resolveFigureOptions,
  takenBy,
} from './options.ts'
import { partTensors } from './parts.ts'
import {
  architecturePicture,
  attentionPicture,
  beamPicture,
  distributionPicture,
  gridPicture,
  headsPicture,
  lensPicture,
  neuronPicture,
  ownPositionsPicture,
  sinusoidsPicture,
} from './pictures.ts'
import { stepsPicture } from './steps.ts'
import { mergedWords } from './words.ts'

/** The tensors that a figure needs, as options of `inspect`. */
export interface FigureNeeds {
  tensors?: string[]
  steps?: number
  lens?: number
  beamTree?: true
  attribute?: AttributeOption
  contrast?: Contrast
  sweep?: SweepOption
}

/** The number of tokens drawn for a distribution. */
const TOP = 10

/**
 * The options of `inspect` for a trace that can be drawn as this figure.
 * @throws GlassformerError ERR_OPTION
 */
export function figureNeeds(name: FigureName, options: FigureOptions = {}): FigureNeeds {
  const asked = resolved(name, options)
  const { kind, layer, values, encoding, contrast, by } = asked
  const attention = (...what: string[]) => what.map((part) => `${attentionPattern(kind, layer)}.${part}`)
  switch (name) {
    case 'attention':
      return { tensors: attention(values) }
    case 'heads':
      return { tensors: attention('weights') }
    case 'grid':
      return { tensors: [`${attentionPattern(kind, null)}.weights`] }
    case 'neuron':
      return { tensors: attention('query', 'key', 'value') }
    case 'positions':
      return encoding === 'own' ? { tensors: ['encoder.positions'] } : {}
    case 'distribution':
      return { steps: TOP }
    case 'beam':
      return { beamTree: true }
    case 'lens':
      return { lens: 3 }
    case 'shares':
    case 'saliency':
      return { attribute: name === 'shares' ? 'direct' : by, ...(contrast !== null && { contrast }) }
    case 'sweep':
      return { sweep: sweepNeeds(asked), ...(contrast !== null && { contrast }) }
    case 'architecture':
      return { tensors: partTensors }
  }
}

function sweepNeeds({ second, substitute, over, tensors, measure, step }: ResolvedFigureOptions): SweepOption {
  const given = { second, tensors, measure, step }
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
  return { ...known, over, with: substitute }
}

/** For the last layer of a model of unknown depth: all layers. */
const attentionPattern = (kind: AttentionKind, layer: number | null) =>
  attentionName(kind, 0).replace('.0.', layer === null ? '.*.' : `.${layer}.`)

/**
 * A figure as the text of an SVG file: one of the pictures of The Illustrated Transformer, for a model's computation on
 * a sentence. The trace has the tensors of `figureNeeds`; sinusoids need none, and the architecture only its `model`.
 * @throws GlassformerError ERR_OPTION for unknown options, layers, heads and tokens; ERR_INPUT where the trace lacks a
 * tensor of the figure; ERR_UNSUPPORTED for the neuron view without relative position terms
 */
export function figure(
  name: FigureName,
  trace: Trace | Pick<Trace, 'model'> | null,
  options: FigureOptions = {},
): string {
  const asked = resolved(name, options)
  return svgText(pictureOf(name, trace, asked), asked.theme, asked.width ?? undefined)
}

function resolved(name: FigureName, options: FigureOptions): ResolvedFigureOptions {
  if (!figureNames.includes(name))
    throw new GlassformerError(
      'ERR_OPTION',
      `there is no figure ${shown(name)}: the figures are ${figureNames.join(', ')}${didYouMean(name, figureNames)}`,
    )
  const values = resolveFigureOptions(options)
  for (const [option, value] of Object.entries(options) as [keyof FigureOptions, unknown][])
    if (value !== undefined && !takenBy[name].includes(option))
      throw new GlassformerError(
        'ERR_OPTION',
        `option '${option}' belongs to the figures ${figuresWith(option)}, not to ${name}`,
      )
  return values
}

function pictureOf(
  name: FigureName,
  trace: Trace | Pick<Trace, 'model'> | null,
  options: ResolvedFigureOptions,
): Picture {
  const { kind, values, words, hideEnd, step, encoding, length, dimensions } = options
  if (name === 'positions' && encoding !== 'own') return sinusoidsPicture(encoding, length, dimensions)
  if (name === 'architecture' && trace !== null) return architecturePicture(trace)
  if (trace === null || !('tensors' in trace))
    throw new GlassformerError('ERR_INPUT', `figure ${name} needs the trace of a sentence`)
  const { head, layer } = attentionPlace(trace, options)
  const choice = { kind, layer, head, values, words, hideEnd }
  const needs = (...tensors: string[]) => checkTensors(name, trace, tensors)
  switch (name) {
    case 'attention':
      needs(`${attentionName(kind, layer)}.${values}`)
      return attentionPicture(trace, choice)
    case 'heads':
      needs(`${attentionName(kind, layer)}.weights`)
      return headsPicture(trace, { ...choice, query: queryOf(trace, options) })
    case 'grid':
      for (let i = 0; i < stackOf(trace, kind).layers; i++) needs(`${attentionName(kind, i)}.weights`)
      return gridPicture(trace, kind)
    case 'neuron':
      needs(...['query', 'key', 'value'].map((what) => `${attentionName(kind, layer)}.${what}`))
      checkDistances(trace, kind, layer)
      return neuronPicture(trace, { kind, layer, head: head ?? 0, query: queryOf(trace, options) ?? 0 })
    case 'positions':
      needs(`${hasEncoder(trace.model) ? 'encoder' : 'decoder'}.positions`)
      return ownPositionsPicture(trace)
    case 'distribution':
      if (!trace.steps.length) throw lacking(name, 'steps', '{ steps: 10 }')
      checkBelow('step', step, trace.steps.length)
      return step === null ? stepsPicture(trace) : distributionPicture(trace, step)
    case 'beam':
      if (!trace.beams) throw lacking(name, 'beam tree', '{ beamTree: true }')
      return beamPicture(trace)
    case 'lens':
      if (!trace.lens.length) throw lacking(name, 'logit lens', '{ lens: true }')
      return lensPicture(trace)
    case 'shares':
      if (!trace.attributions?.[0]?.direct) throw lacking(name, 'direct shares', "{ attribute: 'direct' }")
      return sharesPicture(trace)
    case 'saliency':
      if (!trace.attributions?.[0]?.[options.by]) throw lacking(name, 'gradients', `{ attribute: '${options.by}' }`)
      return saliencyPicture(trace, options.by)
    case 'sweep':
      if (!trace.sweep) throw lacking(name, 'sweep', '{ sweep: { second } }')
      return sweepPicture(trace)
    case 'architecture':
      return architecturePicture(trace)
  }
}

const stackOf = ({ model }: Trace, kind: AttentionKind) => (kind === 'encoder' ? model.encoder : model.decoder)

function attentionPlace(trace: Trace, { kind, layer, head }: ResolvedFigureOptions) {
  const { layers, heads } = stackOf(trace, kind)
  if (kind !== 'decoder' && !hasEncoder(trace.model))
    throw new GlassformerError('ERR_UNSUPPORTED', "option 'kind' must be decoder: the model has no encoder")
  if (kind !== 'cross' && !hasSelfAttention(trace.model, kind))
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `option 'kind' cannot be ${kind}: the ${kind} has ${inPlaceOfAttention[selfAttentionKindOf(trace.model, kind)]}, and no weights to draw`,
    )
  checkBelow('layer', layer, layers)
  checkBelow('head', head, heads)
  return { layer: layer ?? layers - 1, head }
}

/** @throws GlassformerError ERR_OPTION where the index of a layer, head or step is not below the number of them */
export function checkBelow(option: string, value: number | null, count: number): void {
  if (value !== null && value >= count)
    throw new GlassformerError(
      'ERR_OPTION',
      `option '${option}' must be an integer from 0 to ${count - 1}, not ${value}`,
    )
}

/** The index of the requested query among the drawn queries. */
function queryOf(trace: Trace, { kind, query, words, hideEnd }: ResolvedFigureOptions): number | null {
  if (query === null) return null
  const whole = { ...sidesOf(trace, kind), heads: [] }
  const visible = hideEnd ? withoutEnd(whole, trace) : whole
  const { tokens } = (words ? mergedWords(visible, trace) : visible).queries
  if (typeof query === 'number') {
    checkBelow('query', query, tokens.length)
    return query
  }
  const place = tokens.indexOf(query)
  if (place < 0)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'query' must be one of the tokens ${tokens.join(' ')}, not ${shown(query)}${didYouMean(query, tokens)}`,
    )
  return place
}

function checkTensors(name: FigureName, trace: Trace, tensors: readonly string[]): void {
  for (const tensor of tensors)
    if (!Object.hasOwn(trace.tensors, tensor)) throw lacking(name, tensor, `{ tensors: ['${tensor}'] }`)
}

const lacking = (name: FigureName, what: string, ask: string) =>
  new GlassformerError(
    'ERR_INPUT',
    `figure ${name} needs the ${what}, which this trace does not have: inspect(source, ${ask})`,
  )

/** `figureNeeds` does not know the model, and therefore not whether it has relative position tables. */
function checkDistances(trace: Trace, kind: AttentionKind, layer: number): void {
  const lacking = distanceTensors(trace.model, kind, layer).filter((name) => !Object.hasOwn(trace.tensors, name))
  if (lacking.length)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `the neuron view needs what distances add in this model, which this trace does not have: inspect(source, { tensors: ['${lacking.join("', '")}', …] }), or look at --kind cross`,
    )
}
