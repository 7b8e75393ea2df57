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
