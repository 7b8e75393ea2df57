import type { Check, Kernel } from '../backend.ts'
import { checkRange } from './check.ts'
import { checkPaths, checkTiles, forTokens, forTokensBackward, rowAt } from './recurrence.ts'

/** Float32 counts tokens exactly as far as this. */
const MOST_TOKENS = 2 ** 24

export const checkAverage: Check = ([x, spans]) => checkTiles('average', spans!, x!.rows)
export const checkAverageGradient: Check = ([dAveraged, spans]) =>
  checkTiles('averageGradient', spans!, dAveraged!.rows)
export const checkAverageStep: Check = ([, parents, lengths, slots, cache]) => {
  checkPaths('averageStep', parents!, slots!, cache!)
  checkRange('averageStep', 'length', lengths!, 1, MOST_TOKENS + 1)
}

export const averageKernel: Kernel = ([x, spans], [averaged]) => {
  const sums = new Float64Array(x!.width)
  forTokens(spans!, (row, before, t) => {
    if (before < 0) sums.fill(0)
    for (let i = 0; i < x!.width; i++) {
      sums[i] += x!.data[rowAt(x!, row) + i]
      averaged.data[rowAt(averaged, row) + i] = sums[i] / (t + 1)
    }
  })
}

export const averageGradientKernel: Kernel = ([dAveraged, spans], [dx]) => {
  const sums = new Float64Array(dx.width)
  forTokensBackward(spans!, (row, t, isLast) => {
    if (isLast) sums.fill(0)
    for (let i = 0; i < dx.width; i++) {
      sums[i] += dAveraged!.data[rowAt(dAveraged!, row) + i] / (t + 1)
      dx.data[rowAt(dx, row) + i] = sums[i]
    }
  })
}

export const averageStepKernel: Kernel = ([x, parents, lengths, slots, cache], [averaged]) => {
  for (let row = 0; row < x!.rows; row++) {
    const parent = parents!.data[rowAt(parents!, row)]
    const length = lengths!.data[rowAt(lengths!, row)]
    const to = rowAt(cache!, slots!.data[rowAt(slots!, row)])
    for (let i = 0; i < x!.width; i++) {
      const before = parent < 0 ? 0 : cache!.data[rowAt(cache!, parent) + i]
      cache!.data[to + i] = before + x!.data[rowAt(x!, row) + i]
      averaged.data[rowAt(averaged, row) + i] = cache!.data[to + i] / length
    }
  }
}
