import type { Side } from '../draw/side.ts'
import type { Trace } from '../trace/trace.ts'

/** The three attentions of an encoder-decoder. */
export const kinds = ['encoder', 'decoder', 'cross'] as const
export type Kind = (typeof kinds)[number]

export const kindNames: Record<Kind, string> = {
  encoder: 'Encoder self-attention',
  decoder: 'Decoder self-attention',
  cross: 'Cross-attention',
}

/** Its name in the listing: 'decoder.1.crossAttention'. */
export const attentionPath = (kind: Kind, layer: number): string =>
  `${kind === 'encoder' ? 'encoder' : 'decoder'}.${layer}.${kind === 'cross' ? 'crossAttention' : 'selfAttention'}`

/** The kind and layer that a path of the listing names; null: no attention. */
export function attentionOf(path: string): { kind: Kind; layer: number } | null {
  const [, side, layer, what] = /^(encoder|decoder)\.(\d+)\.(selfAttention|crossAttention)\b/.exec(path) ?? []
  if (side === undefined) return null
  return { kind: what === 'crossAttention' ? 'cross' : (side as Kind), layer: Number(layer) }
}

/** A side of which each item is one token or several, by their rows. */
export interface GroupedSide extends Side {
  groups: readonly (readonly number[])[]
}

export interface SideOptions {
  /** Pieces of a word as one item. */
  wholeWords: boolean
  /** Start and end tokens left out. */
  hideEnds: boolean
}

interface Row {
  token: string
  mark: string
  /** −1: none, as the end. */
  word: number
}

/**
 * Queries and keys of an attention. In the decoder's self-attention they are the tokens that the decoder reads, from the start on; in
 * cross-attention queries are the tokens that it predicts there. A mark names the token, whatever row it is.
 */
export function sidesOf(trace: Trace, kind: Kind, options: SideOptions): { queries: GroupedSide; keys: GroupedSide } {
  const { target } = trace
  const rowsOf = (side: 'source' | 'target') =>
    trace[side].tokens.map((token, i) => ({ token, mark: `${side}:${i}`, word: trace[side].words[i] }))
  const sources = grouped('source', rowsOf('source'), options)
  if (kind === 'encoder') return { queries: sources, keys: sources }
  if (kind === 'cross') return { queries: grouped('target', rowsOf('target'), options), keys: sources }
  const inputs = target.inputs.tokens.map((token, i) => ({
    token,
    mark: `target:${i === 0 ? 'start' : i - 1}`,
    word: i === 0 ? -1 : target.words[i - 1],
  }))
  const targets = grouped('target', inputs, options)
  return { queries: targets, keys: targets }
}

function grouped(name: string, rows: readonly Row[], { wholeWords, hideEnds }: SideOptions): GroupedSide {
  const groups: number[][] = []
  rows.forEach(({ word }, i) => {
    if (word < 0 && hideEnds) return
    const last = groups.at(-1)
    if (wholeWords && word >= 0 && last && rows[last[0]].word === word) last.push(i)
    else groups.push([i])
  })
  const textOf = (group: readonly number[]) => {
    const text = group.map((i) => rows[i].token).join('')
    return wholeWords ? text.replace(/^▁+(?=.)/u, '').replaceAll('@@', '') : text
  }
  return {
    name,
    tokens: groups.map(textOf),
    marks: groups.map((group) => group.map((i) => rows[i].mark).join(' ')),
    groups,
  }
}

/**
 * One head's weights [rows · width] between items: the mean of a query's rows, and the sum over a key's. What is left out is not made up
 * for, so that a row may sum to less than 1.
 */
export function betweenGroups(
  weights: Float32Array,
  width: number,
  queries: GroupedSide['groups'],
  keys: GroupedSide['groups'],
): Float32Array {
  const between = new Float32Array(queries.length * keys.length)
  queries.forEach((rows, q) => {
    keys.forEach((columns, k) => {
      let sum = 0
      for (const row of rows) for (const column of columns) sum += weights[row * width + column]
      between[q * keys.length + k] = sum / rows.length
    })
  })
  return between
}

/** Weights [heads, queries, keys] of a trace, a head each. */
export function headsOf(trace: Trace, path: string): Float32Array[] {
  const { shape, values } = trace.tensors[`${path}.weights`]
  const [heads, queries, keys] = shape
  const size = queries * keys
  return Array.from({ length: heads }, (_, head) => values.subarray(head * size, (head + 1) * size))
}

export function meanOf(heads: readonly ArrayLike<number>[]): Float32Array {
  const mean = new Float32Array(heads[0]?.length ?? 0)
  for (const values of heads) for (let i = 0; i < mean.length; i++) mean[i] += values[i] / heads.length
  return mean
}
