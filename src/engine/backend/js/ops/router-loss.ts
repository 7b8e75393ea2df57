import { routerRows, sharesOf } from '../functions/routers.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { checkTiles } from '../operands/recurrence.ts'

export const checkRouterLoss: Check<'routerLoss'> = ({ scores, spans }) => checkTiles('routerLoss', spans, scores.rows)

export const routerLoss: Kernel<'routerLoss'> = (call) => {
  const { scores, spans, loss, experts, balance, z } = call
  const all = scores.rows * (scores.width / experts)
  let total = 0
  for (let b = 0; b < spans.rows; b++) {
    const rows = routerRows(call, b)
    const shares = sharesOf(call, rows)
    let product = 0
    for (const { from, lse } of rows) {
      for (let e = 0; e < experts; e++) product += (shares[e] * Math.exp(scores.data[from + e] - lse)) / rows.length
      total += (z * lse ** 2) / all
    }
    total += (balance * experts * product) / spans.rows
  }
  loss.data[loss.offset] = total
}

export const checkRouterLossGradient: Check<'routerLossGradient'> = ({ scores, spans }) =>
  checkTiles('routerLossGradient', spans, scores.rows)

/**
 * With p the softmax of a row of n in its sentence and c_e = balance · E f_e / (n · sentences), the loss has Σ_e c_e p_e of it, whose
 * derivative by score e is p_e (c_e − Σ c p); that of z · lse² / rows is 2 z · lse · p_e / rows.
 */
export const routerLossGradient: Kernel<'routerLossGradient'> = (call) => {
  const { scores, spans, dLoss, dScores, experts, balance, z } = call
  const d = dLoss.data[dLoss.offset]
  const all = scores.rows * (scores.width / experts)
  for (let b = 0; b < spans.rows; b++) {
    const rows = routerRows(call, b)
    const factors = sharesOf(call, rows).map((share) => (balance * experts * share) / rows.length / spans.rows)
    for (const { row, column, from, lse } of rows) {
      const p = factors.map((_, e) => Math.exp(scores.data[from + e] - lse))
      const mean = p.reduce((sum, value, e) => sum + value * factors[e], 0)
      const to = dScores.offset + row * dScores.stride + column
      for (let e = 0; e < experts; e++) dScores.data[to + e] = d * p[e] * (factors[e] - mean + (2 * z * lse) / all)
    }
  }
}
