import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { checkPaths, rowAt } from '../operands/recurrence.ts'

/** Float32 counts tokens exactly as far as this. */
const MOST_TOKENS = 2 ** 24

export const checkAverageStep: Check<'averageStep'> = ({ parents, lengths, slots, cache }) => {
  checkPaths('averageStep', parents, slots, cache)
  checkRange('averageStep', 'length', lengths, 1, MOST_TOKENS + 1)
}

export const averageStep: Kernel<'averageStep'> = ({ x, parents, lengths, slots, cache, averaged }) => {
  for (let row = 0; row < x.rows; row++) {
    const parent = parents.data[rowAt(parents, row)]
    const length = lengths.data[rowAt(lengths, row)]
    const to = rowAt(cache, slots.data[rowAt(slots, row)])
    for (let i = 0; i < x.width; i++) {
      const before = parent < 0 ? 0 : cache.data[rowAt(cache, parent) + i]
      cache.data[to + i] = before + x.data[rowAt(x, row) + i]
      averaged.data[rowAt(averaged, row) + i] = cache.data[to + i] / length
    }
  }
}
