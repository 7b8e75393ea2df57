import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { rowAt } from '../operands/recurrence.ts'

export const checkMoveCodebook: Check<'moveCodebook'> = ({ codes, codebook, blocks }) =>
  checkRange('moveCodebook', 'code', codes, 0, codebook.rows / blocks)

export const moveCodebook: Kernel<'moveCodebook'> = (call) => {
  const { x, codes, counts, sums, codebook, blocks, decay, epsilon } = call
  const { width } = codebook
  const entries = codebook.rows / blocks
  const share = 1 - decay
  for (let block = 0; block < blocks; block++) {
    const first = block * entries
    for (let e = first; e < first + entries; e++) {
      counts.data[rowAt(counts, e)] *= decay
      for (let i = 0; i < width; i++) sums.data[rowAt(sums, e) + i] *= decay
    }
    for (let row = 0; row < x.rows; row++) {
      const e = first + codes.data[rowAt(codes, row) + block]
      counts.data[rowAt(counts, e)] += share
      for (let i = 0; i < width; i++) sums.data[rowAt(sums, e) + i] += share * x.data[rowAt(x, row) + block * width + i]
    }
    let all = 0
    for (let e = first; e < first + entries; e++) all += counts.data[rowAt(counts, e)]
    for (let e = first; e < first + entries; e++) {
      const count = ((counts.data[rowAt(counts, e)] + epsilon) / (all + entries * epsilon)) * all
      for (let i = 0; i < width; i++) codebook.data[rowAt(codebook, e) + i] = sums.data[rowAt(sums, e) + i] / count
    }
  }
}
