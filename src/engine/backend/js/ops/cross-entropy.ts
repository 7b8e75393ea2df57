import { checkRange } from '../check.ts'
import type { Check, Kernel } from '../kernel.ts'
import { rowLosses, smoothed } from '../label-smoothing.ts'
import { inChunks } from '../logits.ts'

export const checkCrossEntropy: Check<'crossEntropy'> = ({ weight, ids }) =>
  checkRange('crossEntropy', 'id', ids, 0, weight.rows)

export const crossEntropy: Kernel<'crossEntropy'> = (call) => {
  const target = smoothed(call)
  inChunks([call], (first, [logits]) => rowLosses(logits, first, call.ids, call.losses, target))
}
