import type { Check, Kernel } from '../operands/kernel.ts'
import { checkTiles, forTokens, rowAt } from '../operands/recurrence.ts'

export const checkAverage: Check<'average'> = ({ x, spans }) => checkTiles('average', spans, x.rows)

export const average: Kernel<'average'> = ({ x, spans, averaged }) => {
  const sums = new Float64Array(x.width)
  forTokens(spans, (row, before, t) => {
    if (before < 0) sums.fill(0)
    for (let i = 0; i < x.width; i++) {
      sums[i] += x.data[rowAt(x, row) + i]
      averaged.data[rowAt(averaged, row) + i] = sums[i] / (t + 1)
    }
  })
}
