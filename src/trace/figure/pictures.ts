import { present } from '../../base/present.ts'
import { counted } from '../../base/values/number-text.ts'
import { architecture } from '../../draw/architecture.ts'
import { attentionHeads } from '../../draw/attention-heads.ts'
import { attentionMatrix } from '../../draw/attention-matrix.ts'
import { beamTree } from '../../draw/beam-tree.ts'
import { type ConfidenceDrawing, confidence } from '../../draw/confidence.ts'
import { headGrid } from '../../draw/head-grid.ts'
import { lens } from '../../draw/lens.ts'
import { distribution } from '../../draw/marks/distribution.ts'
import type { Picture } from '../../draw/marks/element.ts'
import { sideOf } from '../../draw/marks/side.ts'
import { hasEncoder } from '../../draw/model-shape.ts'
import { type NeuronDrawing, neuron } from '../../draw/neuron.ts'
import { positions } from '../../draw/positions.ts'
import { type SinusoidKind, writeSinusoids } from '../../engine/model/config/sinusoids.ts'
import type { Trace, TracedChoice, TracedTensor } from '../data/trace.ts'
import {
  type AttentionKind,
  type AttentionValues,
  attentionName,
  attentionTitle,
  attentionView,
  averaged,
  inputSide,
  outputSide,
  sidesOf,
  withoutEnd,
} from './attention.ts'
import { addedByDistance } from './distances.ts'
import { partStrips } from './parts.ts'
import { pieceNames, shownTokens } from './tokens.ts'
import { mergedWords } from './words.ts'

/** The attention to draw, and its presentation. */
export interface AttentionChoice {
  kind: AttentionKind
  layer: number
  /** Null: the mean of all heads in a matrix, and all of them in the head view. */
  head: number | null
  /** Weights, or their scores before softmax. */
  values: AttentionValues
  /** Whether subwords are merged into words. */
  words: boolean
  hideEnd: boolean
}

function viewOf(trace: Trace, { kind, layer, values, words, hideEnd }: AttentionChoice) {
  const whole = attentionView(trace, kind, layer, values)
  const shown = hideEnd ? withoutEnd(whole, trace) : whole
  return words && values === 'weights' ? mergedWords(shown, trace) : shown
}

/** The matrix of one head, or of the mean of all heads. */
export function attentionPicture(trace: Trace, choice: AttentionChoice): Picture {
  const { kind, layer, head, values } = choice
  const view = viewOf(trace, choice)
  const { queries, keys, heads } = head === null ? averaged(view) : { ...view, heads: [view.heads[head]] }
  return attentionMatrix({
    title: `${attentionTitle(kind, layer)}, ${head === null ? 'mean of all heads' : `head ${head}`}`,
    queries,
    keys,
    values: heads[0],
    scale: values === 'weights' ? 'weights' : 'signed',
  })
}

/** Lines from queries to keys, for one head or all; for one query, where one is chosen. */
export function headsPicture(trace: Trace, choice: AttentionChoice & { query: number | null }): Picture {
  const { kind, layer, head, query } = choice
  const { queries, keys, heads } = viewOf(trace, choice)
  return attentionHeads({
    title: attentionTitle(kind, layer),
    queries,
    keys,
    weights: heads,
    ...(head !== null && { heads: [head] }),
    ...(query !== null && { query }),
  })
}

/** A thumbnail of each head of all layers. */
export function gridPicture(trace: Trace, kind: AttentionKind): Picture {
  const { queries, keys } = sidesOf(trace, kind)
  const { layers } = kind === 'encoder' ? trace.model.encoder : trace.model.decoder
  return headGrid({
    title: `Attention weights of every head: ${attentionTitle(kind, 0).replace(' layer 0', '')}`,
    queries: queries.tokens.length,
    keys: keys.tokens.length,
    layers: Array.from({ length: layers }, (_, layer) => attentionView(trace, kind, layer).heads),
  })
}

/** One query of one head. */
export interface NeuronChoice {
  kind: AttentionKind
  layer: number
  head: number
  query: number
}

/** The six steps of one query in one head. */
export const neuronPicture = (trace: Trace, choice: NeuronChoice): Picture => neuron(neuronDrawing(trace, choice))

/**
 * Its q, and k and v of every key, with relative position terms. The trace has the `distanceTensors` of that attention.
 */
export function neuronDrawing(trace: Trace, choice: NeuronChoice): NeuronDrawing {
  const { kind, layer, head, query } = choice
  const name = attentionName(kind, layer)
  const { heads, scale, local = Infinity } = kind === 'encoder' ? trace.model.encoder : trace.model.decoder
  const { queries, keys } = sidesOf(trace, kind)
  const rowsOf = (what: string) => headRows(trace.tensors[`${name}.${what}`], heads, head)
  const added = addedByDistance(trace, choice, keys.tokens.length)
  return {
    query: { token: queries.tokens[query], mark: queries.marks[query] },
    keys: keys.tokens.map((token, i) => ({ token, mark: keys.marks[i] })),
    q: rowsOf('query')[query],
    k: sums(rowsOf('key'), added.keys),
    v: sums(rowsOf('value'), added.values),
    isRelative: added.keys !== undefined,
    scale,
    ...(added.scores && { added: added.scores }),
    ...(kind !== 'cross' && { visible: seenBy(query, kind === 'decoder' ? 1 : local, local, keys.tokens.length) }),
    where: `${attentionTitle(kind, layer)}, head ${head}`,
    place: { path: name, head, row: query },
  }
}

/** The keys that a query sees: those fewer than `before` and `after` away. */
const seenBy = (query: number, after: number, before: number, keys: number): [number, number] => [
  Math.max(0, query - before + 1),
  Math.min(keys, query + after),
]

/** Row by row, where there are terms to add. */
const sums = (rows: Float32Array[], added?: ArrayLike<number>[]): Float32Array[] =>
  added ? rows.map((row, i) => row.map((value, d) => value + added[i][d])) : rows

/** One head's part of each row: [rows, heads · dHead] → rows of dHead. */
function headRows({ shape: [rows, width], values }: TracedTensor, heads: number, head: number): Float32Array[] {
  const size = width / heads
  return Array.from({ length: rows }, (_, row) => {
    const begin = row * width + head * size
    return values.subarray(begin, begin + size)
  })
}

/** The most probable tokens of one step. */
export function distributionPicture(trace: Pick<Trace, 'steps' | 'source' | 'target'>, step: number): Picture {
  const { top, chosen, forced, entropy } = trace.steps[step]
  const named = pieceNames(trace)
  const bar = ({ id, token, logProbability }: TracedChoice, rank: number) => ({
    id,
    token: named(token),
    probability: Math.exp(logProbability),
    rank,
  })
  return distribution({ bars: top.map(bar), chosen: bar(chosen, chosen.rank), forced, entropy, step })
}

/** The probability of each target token; the options are those of `confidence`. */
export function confidencePicture(
  { steps, target }: Pick<Trace, 'steps' | 'target'>,
  options: Omit<ConfidenceDrawing, 'steps'> = {},
): Picture {
  const shown = shownTokens(target)
  const bars = steps.map(({ chosen, forced, draft }, i) => ({
    token: shown[i],
    probability: Math.exp(chosen.logProbability),
    forced,
    ...(draft && { draft }),
  }))
  return confidence({ steps: bars, ...options })
}

/** The beam tree, for all steps or some. */
export function beamPicture(trace: Trace, steps: { first?: number; last?: number } = {}): Picture {
  const { nodes, ...tree } = present(trace.beams)
  const named = pieceNames(trace)
  return beamTree({ ...tree, ...steps, nodes: nodes.map((node) => ({ ...node, token: named(node.token) })) })
}

export function lensPicture(trace: Trace, { isTurned = false }: { isTurned?: boolean } = {}): Picture {
  const named = pieceNames(trace)
  return lens({
    isTurned,
    tokens: shownTokens(trace.target),
    rows: trace.lens.map(({ rows }) =>
      rows.map(({ top }, i) => ({
        isTarget: top[0].id === trace.target.ids[i],
        top: top.map(({ token, logProbability }) => ({ token: named(token), probability: Math.exp(logProbability) })),
      })),
    ),
  })
}

/** The whole model, with a sentence where there is one. */
export function architecturePicture({ model, ...trace }: Pick<Trace, 'model'> & Partial<Trace>): Picture {
  const { source, target, tensors } = trace
  return architecture({
    title: `${model.name}: ${hasEncoder(model) ? `an encoder of ${counted(model.encoder.layers, 'layer')} and ` : ''}a decoder of ${counted(model.decoder.layers, 'layer')}`,
    model,
    ...(source && { source: sideOf('source', shownTokens(source)) }),
    ...(target && { inputs: inputSide({ target, latents: trace.latents }), outputs: outputSide(target) }),
    ...(tensors && { strips: partStrips({ tensors, model }) }),
  })
}

const sinusoidNames: Record<SinusoidKind, string> = {
  interleaved: 'sines and cosines interleaved (the paper)',
  halves: 'sines in the first half, cosines in the second (Marian)',
  timingSignal: 'sines in the first half, cosines in the second (Tensor2Tensor)',
}

/** Sinusoids of any length and width. */
export function sinusoidsPicture(kind: SinusoidKind, length: number, dimensions: number): Picture {
  const values = new Float32Array(length * dimensions)
  writeSinusoids(kind, values, dimensions)
  const title = `Position encodings: ${sinusoidNames[kind]}, ${length} × ${dimensions}`
  return positions({ title, rows: length, dimensions, values })
}

/** The position encodings that the model adds to the source tokens, learned or not. */
export function ownPositionsPicture({ tensors, model }: Trace): Picture {
  const { shape, values } = tensors[`${hasEncoder(model) ? 'encoder' : 'decoder'}.positions`]
  const title = `Position encodings of ${model.name}: ${model.positions}, ${shape[0]} × ${shape[1]}`
  return positions({ title, rows: shape[0], dimensions: shape[1], values })
}
