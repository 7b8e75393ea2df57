import type { Matrix } from '../../interface/backend.ts'
import { spanAt, spanLength } from '../../interface/spans.ts'
import { dropoutMask } from '../functions/dropout-mask.ts'
import { checkSpans, checkTiling } from '../operands/check.ts'
import type { Operands } from '../operands/operands.ts'
import { checkPlaces } from '../operands/places.ts'
import { distanceAt, dot, headOf } from './head-vectors.ts'

/** The operands that `sideAttention` and its gradient have in common. */
type Sides = Omit<Operands['sideAttention'], 'attended'>

/** Rows [first, first + count) of keys and values, the bias by distance, and the key at which the query stands. */
export interface KeySet {
  k: Matrix
  v: Matrix
  first: number
  count: number
  bias: Matrix | null
  place: number
  /** The row of its weights, from which dropout follows. */
  maskRow: number
}

/** A query: its row, and the keys and side keys that it sees. */
export interface SideQuery {
  row: number
  sets: readonly [own: KeySet, side: KeySet]
}

export function checkSides(op: string, { q, k, sideK, queries, keys, sideKeys, at, sideAt }: Sides): void {
  checkSpans(op, 'queries', queries, q.rows)
  checkSpans(op, 'keys', keys, k.rows)
  checkSpans(op, 'sideKeys', sideKeys, sideK.rows)
  checkTiling(op, queries, q.rows)
  for (const places of [at, sideAt]) checkPlaces(op, places)
}

export function* sideQueries(call: Sides): Generator<SideQuery> {
  const { q, k, v, sideK, sideV, queries, keys, sideKeys, at, sideAt, distanceBias, sideBias, every } = call
  const placeIn = (places: Matrix | null, b: number) => (places ? places.data[places.offset + b * places.stride] : 0)
  const seen = (spans: Matrix, b: number) => ({ first: spanAt(spans, b), count: spanLength(spans, b) })
  for (let b = 0; b < queries.rows; b++)
    for (let i = 0; i < spanLength(queries, b); i++) {
      const row = spanAt(queries, b) + i
      const place = placeIn(at, b) + i
      const sidePlace = placeIn(sideAt, b) + Math.floor(i / every)
      const own = { k, v, ...seen(keys, b), bias: distanceBias, place, maskRow: row }
      const side = { k: sideK, v: sideV, ...seen(sideKeys, b), bias: sideBias, place: sidePlace, maskRow: q.rows + row }
      yield { row, sets: [own, side] }
    }
}

/** The weights of one query and head: one softmax over the keys of both sets. */
export function sideWeights({ q, heads, scale }: Sides, { row, sets }: SideQuery, head: number): Float64Array {
  const dHead = q.width / heads
  const query = headOf(q, row, head, dHead)
  const scores = sets.flatMap(({ k, first, count, bias, place }) =>
    Array.from({ length: count }, (_, j) => {
      const product = dot(query, headOf(k, first + j, head, dHead))
      return scale * (bias ? product + bias.data[distanceAt(bias, place, j) + head] : product)
    }),
  )
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity)
  const p = Float64Array.from(scores, (score) => Math.exp(score - highest))
  const total = p.reduce((sum, power) => sum + power, 0)
  return p.map((power) => power / total)
}

/** The factors of dropout of these weights. */
export function sideMask({ seed, site, heads, dropout: rate }: Sides, { sets }: SideQuery, head: number): Float64Array {
  const masks = sets.map(({ count, maskRow }) =>
    rate && seed ? dropoutMask({ seed, site, rate }, maskRow * heads + head, count) : new Float64Array(count).fill(1),
  )
  return Float64Array.from(masks.flatMap((mask) => [...mask]))
}
