import type { Matrix } from '../../interface/backend.ts'
import { spanAt, spanLength } from '../../interface/spans.ts'
import { addScaled, distanceAt, dot, headOf } from '../attention/head-vectors.ts'
import { checkSides, type SideQuery, sideMask, sideQueries, sideWeights } from '../attention/side-queries.ts'
import { checkApart, refuse } from '../operands/check.ts'
import type { Call, Check, Kernel } from '../operands/kernel.ts'
import { clear } from '../operands/recurrence.ts'

export const checkSideAttention: Check<'sideAttention'> = (call) => checkSides('sideAttention', call)

export const sideAttention: Kernel<'sideAttention'> = (call) => {
  const { attended: z, heads } = call
  const dHead = z.width / heads
  clear(z)
  for (const query of sideQueries(call))
    for (let head = 0; head < heads; head++) {
      const [weights, mask] = [sideWeights(call, query, head), sideMask(call, query, head)]
      let at = 0
      for (const { v, first, count } of query.sets)
        for (let j = 0; j < count; j++, at++)
          addScaled(headOf(z, query.row, head, dHead), weights[at] * mask[at], headOf(v, first + j, head, dHead))
    }
}

export const checkSideAttentionGradient: Check<'sideAttentionGradient'> = (call) => {
  const { keys, sideKeys } = call
  checkSides('sideAttentionGradient', call)
  checkApart('sideAttentionGradient', keys)
  for (let b = 1; b < sideKeys.rows; b++) {
    const [before, begin] = [spanAt(sideKeys, b - 1), spanAt(sideKeys, b)]
    const length = spanLength(sideKeys, b - 1)
    const isTheSame = begin === before && spanLength(sideKeys, b) === length
    if (!isTheSame && begin < before + length)
      refuse('sideAttentionGradient', `sideKeys at row ${b} overlap those before, and are not the same`)
  }
}

/**
 * The softmax is computed again, query by query and head by head, and differentiated as in `attentionGradient`: with s_j = scale · (q · k_j +
 * bias_j) of keys and of side keys, p = softmax(s) over both and the dropout mask m,
 * - dv_j += p_j m_j dz,
 * - dp_j = m_j dz · v_j and ds_j = scale · p_j (dp_j − Σ p dp),
 * - dq += ds_j k_j, dk_j += ds_j q and dBias_j += ds_j.
 */
export const sideAttentionGradient: Kernel<'sideAttentionGradient'> = (call) => {
  const { dq, dk, dv, dSideK, dSideV, dDistanceBias, dSideBias, heads } = call
  for (const d of [dq, dk, dv, dSideK, dSideV, dDistanceBias, dSideBias]) if (d) clear(d)
  for (const query of sideQueries(call)) for (let head = 0; head < heads; head++) headGradient(call, query, head)
}

function headGradient(call: Call<'sideAttentionGradient'>, query: SideQuery, head: number): void {
  const { q, dz, dq, dk, dv, dSideK, dSideV, dDistanceBias, dSideBias, heads, scale } = call
  const { row, sets } = query
  const cut = (matrix: Matrix, at: number) => headOf(matrix, at, head, q.width / heads)
  const p = sideWeights(call, query, head)
  const mask = sideMask(call, query, head)
  const dOut = cut(dz, row)
  const products = sets.flatMap(({ v, first, count }) =>
    Array.from({ length: count }, (_, j) => dot(dOut, cut(v, first + j))),
  )
  const dp = Float64Array.from(products, (product, j) => product * mask[j])
  const total = dp.reduce((sum, value, j) => sum + p[j] * value, 0)
  const gradients = [
    { dKeys: dk, dValues: dv, dBias: dDistanceBias },
    { dKeys: dSideK, dValues: dSideV, dBias: dSideBias },
  ]
  let at = 0
  for (const [i, { k, first, count, place }] of sets.entries()) {
    const { dKeys, dValues, dBias } = gradients[i]
    for (let j = 0; j < count; j++, at++) {
      const ds = scale * p[at] * (dp[at] - total)
      addScaled(cut(dq, row), ds, cut(k, first + j))
      addScaled(cut(dKeys, first + j), ds, cut(q, row))
      addScaled(cut(dValues, first + j), p[at] * mask[at], dOut)
      if (dBias) dBias.data[distanceAt(dBias, place, j) + head] += ds
    }
  }
}
