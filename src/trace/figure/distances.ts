import type { Trace, TracedTensor } from '../data/trace.ts'
import { tracedPositions } from '../edits/traced-positions.ts'
import { type AttentionKind, attentionName } from './attention.ts'

/** The module and tensors of a relative position bias: their names in the self-attention of one layer. */
const tensorsOf = {
  nothing: () => [],
  scores: (kind) => [`${kind}.distanceBias.embedded`],
  keysAndValues: (kind, layer) =>
    ['relativeKeys', 'relativeValues'].map((what) => `${attentionName(kind, layer)}.${what}`),
} satisfies Record<Distances, (kind: AttentionKind, layer: number) => string[]>

type Distances = (typeof tracedPositions)['none']['distances']

const distancesOf = ({ positions }: Pick<Trace['model'], 'positions'>): Distances =>
  tracedPositions[positions].distances

/** Names of the tensors with the relative position terms of one attention; none where it has none. */
export const distanceTensors = (
  model: Pick<Trace['model'], 'positions'>,
  kind: AttentionKind,
  layer: number,
): string[] => (kind === 'cross' ? [] : tensorsOf[distancesOf(model)](kind, layer))

/**
 * The relative position terms of one query's keys and values, a row of dHead for each (Shaw et al. 2018), or of its
 * scores (T5).
 */
export interface Added {
  keys?: ArrayLike<number>[]
  values?: ArrayLike<number>[]
  scores?: number[]
}

/**
 * The terms of the query at `query` in one head, from a trace with `distanceTensors`; `count` is the number of keys.
 */
export function addedByDistance(
  { model, tensors }: Pick<Trace, 'model' | 'tensors'>,
  { kind, layer, head, query }: { kind: AttentionKind; layer: number; head: number; query: number },
  count: number,
): Added {
  const [first, second] = distanceTensors(model, kind, layer).map((name) => tensors[name])
  if (!first) return {}
  const rowsOf = (table: TracedTensor) => Array.from({ length: count }, (_, key) => rowOf(table, key - query))
  if (distancesOf(model) === 'scores') return { scores: rowsOf(first).map((heads) => heads[head]) }
  return { keys: rowsOf(first), values: rowsOf(second) }
}

/** The row of a distance in a table [2 clip + 1, width]. */
function rowOf({ shape: [rows, width], values }: TracedTensor, distance: number): Float32Array {
  const clip = (rows - 1) / 2
  const row = clip + Math.max(-clip, Math.min(clip, distance))
  return values.subarray(row * width, (row + 1) * width)
}
