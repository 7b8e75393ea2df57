import type { Check, Kernel, Matrix } from '../backend.ts'
import { bits, dropThreshold, rowKey } from '../random.ts'
import { checkAttention } from './attention.ts'
import { refuse } from './check.ts'
import { distanceAt } from './distances.ts'
import { clear } from './linear-gradient.ts'
import { spanAt, spanLength } from './spans.ts'

export const checkAttentionGradient: Check = (inputs, _, attributes) => {
  checkAttention(inputs, [], attributes)
  const keys = inputs[4]!
  for (let b = 1; b < keys.rows; b++)
    if (spanAt(keys, b) < spanAt(keys, b - 1) + spanLength(keys, b - 1))
      refuse('attentionGradient', `keys at row ${b} overlap those before`)
}

/**
 * The softmax is computed again, query by query: with p its weights, m the dropout mask over 1 − rate, and dz the gradient of z,
 * dv_j += p_j m_j dz, ds_j = p_j (m_j dz·v_j − Σ p m dz·v), dq += scale · ds_j k_j, dk_j += scale · ds_j q.
 * Relative keys and values are met as k_j + aᴷ and v_j + aⱽ, so they get what k_j and v_j get; a bias by distance gets ds_j.
 */
export const attentionGradientKernel: Kernel = (
  [q, k, v, queries, keys, dz, seed, relativeKeys, relativeValues, dRelativeKeys, dRelativeValues, distanceBias],
  [dq, dk, dv, dDistanceBias],
  [heads, scale, causal, dropout, site],
) => {
  for (const d of [dq, dk, dv]) clear(d)
  if (dDistanceBias) clear(dDistanceBias)
  const dHead = q!.width / heads
  for (let b = 0; b < queries!.rows; b++) {
    const firstKey = spanAt(keys!, b)
    const allKeys = spanLength(keys!, b)
    for (let i = 0; i < spanLength(queries!, b); i++) {
      const row = spanAt(queries!, b) + i
      const seen = causal ? Math.min(i + 1, allKeys) : allKeys
      for (let head = 0; head < heads; head++) {
        const mask = dropout ? dropoutMask(seed!, site, row * heads + head, seen, dropout) : null
        const cut = (m: Matrix, at: number) => m.offset + at * m.stride + head * dHead
        /** x · the keys (or values) that the query sees, with the rows of their distances added. */
        const products = (x: Matrix, rows: Matrix, relative: Matrix | null) =>
          new Float64Array(seen).map((_, j) => {
            const product = dot(x, cut(x, row), rows, cut(rows, firstKey + j), dHead)
            return relative ? product + dot(x, cut(x, row), relative, distanceAt(relative, i, j), dHead) : product
          })
        const scores = products(q!, k!, relativeKeys)
        if (distanceBias)
          for (let j = 0; j < seen; j++) scores[j] += distanceBias.data[distanceAt(distanceBias, i, j) + head]
        const p = softmaxRow(scores, scale)
        const d = products(dz!, v!, relativeValues)
        let total = 0
        for (let j = 0; j < seen; j++) {
          if (mask) d[j] *= mask[j]
          total += p[j] * d[j]
        }
        for (let j = 0; j < seen; j++) {
          const ds = scale * p[j] * (d[j] - total)
          const weight = p[j] * (mask ? mask[j] : 1)
          addScaled(dq, cut(dq, row), k!, cut(k!, firstKey + j), ds, dHead)
          addScaled(dk, cut(dk, firstKey + j), q!, cut(q!, row), ds, dHead)
          addScaled(dv, cut(dv, firstKey + j), dz!, cut(dz!, row), weight, dHead)
          if (dDistanceBias) dDistanceBias.data[distanceAt(dDistanceBias, i, j) + head] += ds
          if (!relativeKeys) continue
          addScaled(dq, cut(dq, row), relativeKeys, distanceAt(relativeKeys, i, j), ds, dHead)
          addScaled(dRelativeKeys!, distanceAt(dRelativeKeys!, i, j), q!, cut(q!, row), ds, dHead)
          addScaled(dRelativeValues!, distanceAt(dRelativeValues!, i, j), dz!, cut(dz!, row), weight, dHead)
        }
      }
    }
  }
}

/** 0 for a dropped key, else 1 / (1 − rate). */
function dropoutMask(seed: Matrix, site: number, row: number, length: number, rate: number): Float64Array {
  const key = rowKey(seed.data[seed.offset], site, row)
  const threshold = dropThreshold(rate)
  return Float64Array.from({ length }, (_, j) => (bits(key, j) < threshold ? 0 : 1 / (1 - rate)))
}

function softmaxRow(scores: Float64Array, scale: number): Float64Array {
  const max = scores.reduce((highest, score) => Math.max(highest, score * scale), -Infinity)
  const p = scores.map((score) => Math.exp(score * scale - max))
  const total = p.reduce((sum, power) => sum + power, 0)
  return p.map((power) => power / total)
}

function dot(a: Matrix, from: number, b: Matrix, at: number, length: number): number {
  let sum = 0
  for (let i = 0; i < length; i++) sum += a.data[from + i] * b.data[at + i]
  return sum
}

function addScaled(into: Matrix, to: number, x: Matrix, from: number, factor: number, length: number): void {
  for (let i = 0; i < length; i++) into.data[to + i] += factor * x.data[from + i]
}
