import { logSumExp } from '../functions/activation-functions.ts'
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

export const tokenLogProbabilityGradient: Kernel<'tokenLogProbabilityGradient'> = ({ logits, ids, dy, dx }) => {
  for (let row = 0; row < dx.rows; row++) {
    const from = logits.offset + row * logits.stride
    const to = dx.offset + row * dx.stride
    const norm = logSumExp(logits, from)
    const d = dy.data[dy.offset + row * dy.stride]
    // log Σ exp(logits) has the softmax as its derivative, and is subtracted.
    for (let i = 0; i < dx.width; i++) dx.data[to + i] = -d * Math.exp(logits.data[from + i] - norm)
    // The token's own logit is added.
    dx.data[to + ids.data[ids.offset + row * ids.stride]] += d
  }
}
