import type { Matrix } from '../../interface/backend.ts'
import { spanAt, spanLength } from '../../interface/spans.ts'
import type { Operands } from '../operands/operands.ts'
import { logSumExp } from './activation-functions.ts'
import { orderOf } from './noisy-row.ts'

type Routers = Omit<Operands['routerLoss'], 'loss'>

/** One row in one layer: its scores are at `from`, from a column of the row on; and log Σ exp of them. */
export interface RouterRow {
  row: number
  column: number
  from: number
  lse: number
}

/** The rows and layers of sentence b. */
export function routerRows({ scores, spans, experts }: Routers, b: number): RouterRow[] {
  const found: RouterRow[] = []
  const one: Matrix = { ...scores, width: experts }
  for (let row = spanAt(spans, b); row < spanAt(spans, b) + spanLength(spans, b); row++)
    for (let column = 0; column < scores.width; column += experts) {
      const from = scores.offset + row * scores.stride + column
      found.push({ row, column, from, lse: logSumExp(one, from) })
    }
  return found
}

/** f: the share of these rows that have each expert among their k greatest scores; of equal scores the lower expert comes first. */
export function sharesOf({ scores: { data }, experts, k }: Routers, rows: readonly RouterRow[]): Float64Array {
  const shares = new Float64Array(experts)
  for (const { from } of rows) {
    for (const e of orderOf(data.subarray(from, from + experts)).slice(0, k)) shares[e] += 1 / rows.length
  }
  return shares
}
