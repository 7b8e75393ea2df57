import { type Side, sideOf } from '../../draw/marks/side.ts'
import type { Trace, TracedTensor, TracedText } from '../data/trace.ts'
import { shownTokens } from './tokens.ts'

/** Self-attention of the encoder, causal self-attention of the decoder, and the decoder's attention to the source. */
export const attentionKinds = ['encoder', 'decoder', 'cross'] as const
export type AttentionKind = (typeof attentionKinds)[number]

/** Weights, or their scores before softmax. */
export const attentionValues = ['weights', 'scores', 'scaledScores', 'maskedScores'] as const
export type AttentionValues = (typeof attentionValues)[number]

/** Its name in the listing: 'decoder.1.crossAttention'. */
export function attentionName(kind: AttentionKind, layer: number): string {
  const stack = kind === 'encoder' ? 'encoder' : 'decoder'
  return `${stack}.${layer}.${kind === 'cross' ? 'crossAttention' : 'selfAttention'}`
}

/** Its name for readers: 'decoder layer 1, attention to the source'. */
export function attentionTitle(kind: AttentionKind, layer: number): string {
  const what = kind === 'cross' ? 'attention to the source' : 'self-attention'
  return `${kind === 'encoder' ? 'encoder' : 'decoder'} layer ${layer}, ${what}`
}

/** The attention of one layer: queries, keys, and the weights of each head. */
export interface AttentionView {
  queries: Side
  keys: Side
  /** For each head, [queries · keys]. */
  heads: Float32Array[]
}

/**
 * A layer's attention, as weights or as scores ('scaled'), from the tensor with that name in a trace. Queries of
 * cross-attention are named after the tokens that they predict, and rows of the decoder's self-attention after the
 * tokens that they have read.
 */
export function attentionView(trace: Trace, kind: AttentionKind, layer: number, values = 'weights'): AttentionView {
  const tensor = trace.tensors[`${attentionName(kind, layer)}.${values}`]
  return { ...sidesOf(trace, kind), heads: headsOf(tensor) }
}

/** [heads, queries, keys] as one matrix per head. */
function headsOf({ shape: [heads, queries, keys], values }: TracedTensor): Float32Array[] {
  const size = queries * keys
  return Array.from({ length: heads }, (_, head) => values.subarray(head * size, (head + 1) * size))
}

/** Queries and keys of one kind. */
export function sidesOf(
  { source, target, latents }: Trace,
  kind: AttentionKind,
): Pick<AttentionView, 'queries' | 'keys'> {
  const sources = () => sideOf('source', shownTokens(source))
  if (kind === 'encoder') return { queries: sources(), keys: sources() }
  if (kind === 'cross') return { queries: outputSide(target), keys: sources() }
  const inputs = inputSide({ target, latents })
  return { queries: inputs, keys: inputs }
}

/** The target as the decoder predicts it, one row per token. */
export const outputSide = (target: Trace['target']): Side => sideOf('target', rows(shownTokens(target), target))

const rows = <T>(values: T[], { inputs }: Trace['target']) => values.slice(0, inputs.ids.length)

/**
 * The target as the decoder reads it: row i is token i − 1, and the first row is the start, which is not a token of the
 * target. The decoder of an autoencoder makes row i of codes, so it is token i.
 */
export function inputSide({ target, latents }: Pick<Trace, 'target' | 'latents'>): Side {
  if (latents) return outputSide(target)
  const [start] = target.inputs.tokens
  const shown = rows([start ?? '', ...shownTokens(target)], target)
  return { name: 'target', tokens: shown, marks: shown.map((_, i) => (i ? `target:${i - 1}` : 'target:start')) }
}

/** The mean of all heads. */
export function averaged(view: AttentionView): AttentionView {
  const { heads } = view
  const mean = new Float32Array(heads[0]?.length ?? 0)
  for (const weights of heads) for (let i = 0; i < mean.length; i++) mean[i] += weights[i] / heads.length
  return { ...view, heads: [mean] }
}

/** Without the end token of a side: as a query and as a key. Rows may then sum to less than 1. */
export function withoutEnd(view: AttentionView, { source, target }: Pick<Trace, 'source' | 'target'>): AttentionView {
  const cut = (side: Side) => (endsIn(side, source, target) ? side.tokens.length - 1 : side.tokens.length)
  const [queries, keys] = [cut(view.queries), cut(view.keys)]
  const width = view.keys.tokens.length
  return {
    queries: first(view.queries, queries),
    keys: first(view.keys, keys),
    heads: view.heads.map((weights) =>
      Float32Array.from({ length: queries * keys }, (_, i) => weights[Math.floor(i / keys) * width + (i % keys)]),
    ),
  }
}

function endsIn(side: Side, source: TracedText, target: Trace['target']): boolean {
  const text = side.name === 'source' ? source : target
  const last = text.ids.length - 1
  return text.words[last] === -1 && side.marks.at(-1) === `${side.name}:${last}`
}

/** The first tokens of a side. */
export const first = ({ name, tokens, marks }: Side, count: number): Side => ({
  name,
  tokens: tokens.slice(0, count),
  marks: marks.slice(0, count),
})
