import { addScaled, headOf } from '../attention/head-vectors.ts'
import { checkSides, sideMask, sideQueries, sideWeights } from '../attention/side-queries.ts'
import { clear } from '../operands/clear.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

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
