import type { Matrix } from '../../backend.ts'
import { spanAt, spanLength } from '../../spans.ts'
import { checkSpans, checkTiling } from '../check.ts'
import { distanceAt } from '../distances.ts'
import type { Call, Check, Kernel } from '../kernel.ts'
import { checkPlaces } from '../places.ts'

export const checkSideAttention: Check<'sideAttention'> = (call) => {
  const { q, k, sideK, queries, keys, sideKeys, at, sideAt } = call
  checkSpans('sideAttention', 'queries', queries, q.rows)
  checkSpans('sideAttention', 'keys', keys, k.rows)
  checkSpans('sideAttention', 'sideKeys', sideKeys, sideK.rows)
  checkTiling('sideAttention', queries, q.rows)
  for (const places of [at, sideAt]) checkPlaces('sideAttention', places)
}

export const sideAttention: Kernel<'sideAttention'> = (call) => {
  const { queries, keys, sideKeys, k, v, sideK, sideV, at, sideAt, distanceBias, sideBias, every } = call
  const placeIn = (places: Matrix | null, b: number) => (places ? places.data[places.offset + b * places.stride] : 0)
  for (let b = 0; b < queries.rows; b++) {
    for (let i = 0; i < spanLength(queries, b); i++) {
      const sets: KeySet[] = [
        { k, v, first: spanAt(keys, b), count: spanLength(keys, b), bias: distanceBias, place: placeIn(at, b) + i },
        {
          k: sideK,
          v: sideV,
          first: spanAt(sideKeys, b),
          count: spanLength(sideKeys, b),
          bias: sideBias,
          place: placeIn(sideAt, b) + Math.floor(i / every),
        },
      ]
      for (let head = 0; head < call.heads; head++) attendHead(call, spanAt(queries, b) + i, head, sets)
    }
  }
}

/** Rows [first, first + count) of keys and values, the bias by distance, and the key at which the query stands. */
interface KeySet {
  k: Matrix
  v: Matrix
  first: number
  count: number
  bias: Matrix | null
  place: number
}

/** One query and head, with one softmax over the keys of all sets. */
function attendHead(
  { q, attended: z, heads, scale }: Call<'sideAttention'>,
  row: number,
  head: number,
  sets: readonly KeySet[],
): void {
  const dHead = q.width / heads
  const column = head * dHead
  const from = q.offset + row * q.stride + column
  const to = z.offset + row * z.stride + column
  const scores: number[] = []
  for (const { k, first, count, bias, place } of sets)
    for (let j = 0; j < count; j++) {
      const key = k.offset + (first + j) * k.stride + column
      let score = bias ? bias.data[distanceAt(bias, place, j) + head] : 0
      for (let i = 0; i < dHead; i++) score += q.data[from + i] * k.data[key + i]
      scores.push(scale * score)
    }
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity)
  const p = Float64Array.from(scores, (score) => Math.exp(score - highest))
  const total = p.reduce((sum, power) => sum + power, 0)
  for (let j = 0; j < p.length; j++) p[j] /= total
  for (let i = 0; i < dHead; i++) {
    let [sum, at] = [0, 0]
    for (const { v, first, count } of sets)
      for (let j = 0; j < count; j++, at++) sum += p[at] * v.data[v.offset + (first + j) * v.stride + column + i]
    z.data[to + i] = sum
  }
}
