import { logSumExp } from '../functions/log-sum-exp.ts'
import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

export const checkTokenLogProbability: Check<'tokenLogProbability'> = ({ logits, ids }) =>
  checkRange('tokenLogProbability', 'id', ids, 0, logits.width)

export const tokenLogProbability: Kernel<'tokenLogProbability'> = ({ logits, ids, scores }) => {
  for (let row = 0; row < scores.rows; row++) {
    const from = logits.offset + row * logits.stride
    const id = ids.data[ids.offset + row * ids.stride]
    scores.data[scores.offset + row * scores.stride] = logits.data[from + id] - logSumExp(logits, from)
  }
}
