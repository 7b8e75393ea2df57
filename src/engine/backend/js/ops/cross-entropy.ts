import type { Matrix } from '../../interface/backend.ts'
import { logSumExp } from '../functions/activation-functions.ts'
import { rowLosses, type Smoothed, smoothed } from '../losses/label-smoothing.ts'
import { inChunks, projectionGradients } from '../losses/logits.ts'
import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

export const checkCrossEntropy: Check<'crossEntropy'> = ({ weight, ids }) =>
  checkRange('crossEntropy', 'id', ids, 0, weight.rows)

export const crossEntropy: Kernel<'crossEntropy'> = (call) => {
  const target = smoothed(call)
  inChunks([call], (first, [logits]) => rowLosses(logits, first, call.ids, call.losses, target))
}

export const checkCrossEntropyGradient: Check<'crossEntropyGradient'> = ({ weight, ids }) =>
  checkRange('crossEntropyGradient', 'id', ids, 0, weight.rows)

export const crossEntropyGradient: Kernel<'crossEntropyGradient'> = (call) => {
  const { ids, dLoss, losses } = call
  const target = smoothed(call)
  const factor = dLoss.data[dLoss.offset]
  inChunks([call], (first, [logits]) => {
    rowLosses(logits, first, ids, losses, target)
    logitGradients(logits, first, ids, target, factor)
    projectionGradients(call, first, logits, call)
  })
}

/**
 * In place: logits → their gradients. The loss log Σ exp(z) − Σ q · z has the derivative softmax(z) − q by z: the softmax comes from the first
 * term, the target q from the second. The chain rule multiplies both by `factor`.
 */
function logitGradients(logits: Matrix, first: number, ids: Matrix, { on, off }: Smoothed, factor: number): void {
  for (let row = 0; row < logits.rows; row++) {
    const at = row * logits.stride
    const norm = logSumExp(logits, at)
    const right = ids.data[ids.offset + (first + row) * ids.stride]
    for (let i = 0; i < logits.width; i++) {
      const q = i === right ? off + on : off
      logits.data[at + i] = factor * (Math.exp(logits.data[at + i] - norm) - q)
    }
  }
}
