import { nextState, output } from '../functions/ssru-unit.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { checkPaths, rowAt } from '../operands/recurrence.ts'

export const checkSsruStep: Check<'ssruStep'> = ({ parents, slots, cache }) =>
  checkPaths('ssruStep', parents, slots, cache)

export const ssruStep: Kernel<'ssruStep'> = (call) => {
  const { x, parents, slots, cache, residual, recurred } = call
  for (let row = 0; row < x.rows; row++) {
    const parent = parents.data[rowAt(parents, row)]
    const own = rowAt(cache, slots.data[rowAt(slots, row)])
    nextState(call, row, cache, parent < 0 ? -1 : rowAt(cache, parent), own)
    output(cache, own, residual, recurred, row)
  }
}
