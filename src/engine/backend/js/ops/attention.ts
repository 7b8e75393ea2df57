import type { Matrix } from '../../interface/backend.ts'
import { pairsOfSpans, spanAt, spanLength } from '../../interface/spans.ts'
import { attend, keepWeights, keysAndValues } from '../attention/attend.ts'
import { addScaled, distanceAt, dot, headOf, type Vector } from '../attention/head-vectors.ts'
import { dropoutMask } from '../functions/dropout-mask.ts'
import { checkApart, checkPairs, checkSpans, checkTiling } from '../operands/check.ts'
import type { Call, Check, Kernel } from '../operands/kernel.ts'
import { checkPlaces, placeOf, seenFrom } from '../operands/places.ts'
import { clear } from '../operands/recurrence.ts'

export const checkAttention: Check<'attention'> = ({ q, k, queries, keys, at, weights }) => {
  checkSpans('attention', 'queries', queries, q.rows)
  checkSpans('attention', 'keys', keys, k.rows)
  checkTiling('attention', queries, q.rows)
  checkPlaces('attention', at)
  checkPairs('attention', weights, pairsOfSpans(queries, keys))
}

export const attention: Kernel<'attention'> = (call) => {
  const { k, v, queries, keys, seed, weights, dropout: rate, site } = call
  const dropout = rate && seed ? { seed, site, rate } : null
  let pair = 0
  for (let b = 0; b < queries.rows; b++) {
    const firstKey = spanAt(keys, b)
    const allKeys = spanLength(keys, b)
    const seenKeys = keysAndValues(k, v, allKeys, (j) => firstKey + j)
    for (let i = 0; i < spanLength(queries, b); i++, pair += allKeys) {
      const place = placeOf(call, b, i)
      const length = seenFrom(call, place, allKeys)
      attend(call, seenKeys, { row: spanAt(queries, b) + i, length, place, dropout })
      if (weights) keepWeights(weights, pair, length, allKeys)
    }
  }
}

export const checkAttentionGradient: Check<'attentionGradient'> = ({ q, k, queries, keys, at }) => {
  checkSpans('attentionGradient', 'queries', queries, q.rows)
  checkSpans('attentionGradient', 'keys', keys, k.rows)
  checkTiling('attentionGradient', queries, q.rows)
  checkPlaces('attentionGradient', at)
  checkApart('attentionGradient', keys)
}

/**
 * The softmax is computed again, query by query and head by head. With s_j = scale · (q · k_j + bias_j), p = softmax(s) and the dropout mask m,
 * z = Σ p_j m_j v_j has these derivatives:
 * - dv_j += p_j m_j dz, because v_j enters z with the weight p_j m_j;
 * - dp_j = m_j dz · v_j, and through the softmax ds_j = p_j (dp_j − Σ p dp);
 * - dq += scale · ds_j k_j and dk_j += scale · ds_j q, the factors of the product q · k_j;
 * - dBias_j += scale · ds_j.
 * Relative keys and values are met as k_j + aᴷ and v_j + aⱽ, so they get what k_j and v_j get.
 */
export const attentionGradient: Kernel<'attentionGradient'> = (call) => {
  const { queries, keys, dq, dk, dv, dDistanceBias, heads } = call
  for (const d of [dq, dk, dv]) clear(d)
  if (dDistanceBias) clear(dDistanceBias)
  for (let b = 0; b < queries.rows; b++) {
    const firstKey = spanAt(keys, b)
    const allKeys = spanLength(keys, b)
    for (let i = 0; i < spanLength(queries, b); i++) {
      const place = placeOf(call, b, i)
      const query = { row: spanAt(queries, b) + i, place, firstKey, length: seenFrom(call, place, allKeys) }
      for (let head = 0; head < heads; head++) headGradient(call, query, head)
    }
  }
}

/** A query: its row, the key of its sentence at which it stands, and the rows [firstKey, firstKey + length) of the keys that it sees. */
interface Query {
  row: number
  place: number
  firstKey: number
  length: number
}

function headGradient(call: Call<'attentionGradient'>, { row, place, firstKey, length }: Query, head: number): void {
  const { q, k, v, dz, seed, relativeKeys, relativeValues, distanceBias, heads, scale, dropout, site } = call
  const { dq, dk, dv, dRelativeKeys, dRelativeValues, dDistanceBias } = call
  const dHead = q.width / heads
  const cut = (matrix: Matrix, at: number) => headOf(matrix, at, head, dHead)
  /** The row of a table for the distance from the query to key j. */
  const distant = (table: Matrix, j: number): Vector => ({
    data: table.data,
    at: distanceAt(table, place, j),
    length: dHead,
  })
  const products = (x: Vector, rows: Matrix, relative: Matrix | null) =>
    Float64Array.from({ length }, (_, j) => {
      const product = dot(x, cut(rows, firstKey + j))
      return relative ? product + dot(x, distant(relative, j)) : product
    })
  const [query, dOut] = [cut(q, row), cut(dz, row)]

  const scores = products(query, k, relativeKeys)
  if (distanceBias) for (let j = 0; j < length; j++) scores[j] += distanceBias.data[distant(distanceBias, j).at + head]
  const p = softmax(scores, scale)
  const mask = dropout && seed ? dropoutMask({ seed, site, rate: dropout }, row * heads + head, length) : null
  const dp = products(dOut, v, relativeValues)
  if (mask) for (let j = 0; j < length; j++) dp[j] *= mask[j]
  let total = 0
  for (let j = 0; j < length; j++) total += p[j] * dp[j]

  for (let j = 0; j < length; j++) {
    const ds = scale * p[j] * (dp[j] - total)
    const weight = p[j] * (mask ? mask[j] : 1)
    addScaled(cut(dq, row), ds, cut(k, firstKey + j))
    addScaled(cut(dk, firstKey + j), ds, query)
    addScaled(cut(dv, firstKey + j), weight, dOut)
    if (dDistanceBias) dDistanceBias.data[distant(dDistanceBias, j).at + head] += ds
    if (relativeKeys) addScaled(cut(dq, row), ds, distant(relativeKeys, j))
    if (dRelativeKeys) addScaled(distant(dRelativeKeys, j), ds, query)
    if (dRelativeValues) addScaled(distant(dRelativeValues, j), weight, dOut)
  }
}

function softmax(scores: Float64Array, scale: number): Float64Array {
  const max = scores.reduce((highest, score) => Math.max(highest, score * scale), -Infinity)
  const p = scores.map((score) => Math.exp(score * scale - max))
  const total = p.reduce((sum, power) => sum + power, 0)
  return p.map((power) => power / total)
}
