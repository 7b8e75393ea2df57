import type { Check, Kernel } from '../operands/kernel.ts'
import { checkTiles, forTokens, forTokensBackward, rowAt } from '../operands/recurrence.ts'

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

export const checkAverageGradient: Check<'averageGradient'> = ({ dAveraged, spans }) =>
  checkTiles('averageGradient', spans, dAveraged.rows)

export const averageGradient: Kernel<'averageGradient'> = ({ dAveraged, spans, dx }) => {
  const sums = new Float64Array(dx.width)
  forTokensBackward(spans, (row, t, isLast) => {
    if (isLast) sums.fill(0)
    for (let i = 0; i < dx.width; i++) {
      // y_t = (x_1 + … + x_t) / t: x_k gets dy_t / t of every t ≥ k, which are summed from the last token back.
      sums[i] += dAveraged.data[rowAt(dAveraged, row) + i] / (t + 1)
      dx.data[rowAt(dx, row) + i] = sums[i]
    }
  })
}
