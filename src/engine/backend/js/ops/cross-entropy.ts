import { rowLosses, smoothed } from '../losses/label-smoothing.ts'
import { inChunks } from '../losses/logits.ts'
import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

export const checkCrossEntropy: Check<'crossEntropy'> = ({ weight, ids }) =>
  checkRange('crossEntropy', 'id', ids, 0, weight.rows)

export const crossEntropy: Kernel<'crossEntropy'> = (call) => {
  const target = smoothed(call)
  inChunks([call], (first, [logits]) => rowLosses(logits, first, call.ids, call.losses, target))
}
