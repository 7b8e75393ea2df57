import type { Matrix } from '../../interface/backend.ts'
import { logSumExp } from '../functions/activation-functions.ts'
import { inChunks, projectionGradients } from '../losses/logits.ts'
import { type Distillation, distillationOf, rowLosses, teacherOf } from '../losses/teaching.ts'
import { checkRange } from '../operands/check.ts'
import type { Call, Check, Kernel } from '../operands/kernel.ts'

export const checkDistillation: Check<'distillation'> = ({ weight, ids }) =>
  checkRange('distillation', 'id', ids, 0, weight.rows)

export const distillation: Kernel<'distillation'> = (call) => {
  const taught = distillationOf(call)
  inChunks([call, teacherOf(call)], (first, [z, t]) => rowLosses(z, t, first, call, taught))
}

export const checkDistillationGradient: Check<'distillationGradient'> = ({ weight, ids }) =>
  checkRange('distillationGradient', 'id', ids, 0, weight.rows)

export const distillationGradient: Kernel<'distillationGradient'> = (call) => {
  const taught = distillationOf(call)
  inChunks([call, teacherOf(call)], (first, [z, t]) => {
    rowLosses(z, t, first, call, taught)
    logitGradients(z, t, first, call, taught)
    projectionGradients(call, first, z, call)
  })
}

/**
 * In place: z → the gradients of the logits z. Cross-entropy has the derivative softmax(z) − q, with the share 1 − `share`. The divergence
 * Σ p · (log p − log s) has the derivative (s − p) / τ by z, because s = softmax(z / τ); times τ² that is τ · (s − p), with the share `share`.
 * The chain rule multiplies both by dLoss.
 */
function logitGradients(
  z: Matrix,
  t: Matrix,
  first: number,
  { ids, dLoss }: Call<'distillationGradient'>,
  distillation: Distillation,
): void {
  const factor = dLoss.data[dLoss.offset]
  const { target, temperature, share } = distillation
  const [own, taught] = [factor * (1 - share), factor * share * temperature]
  for (let row = 0; row < z.rows; row++) {
    const at = row * z.stride
    const norm = logSumExp(z, at)
    const [student, teacher] = [logSumExp(z, at, temperature), logSumExp(t, at, temperature)]
    const right = ids.data[ids.offset + (first + row) * ids.stride]
    for (let i = 0; i < z.width; i++) {
      const logit = z.data[at + i]
      const s = Math.exp(logit / temperature - student)
      const p = Math.exp(t.data[at + i] / temperature - teacher)
      const q = i === right ? target.off + target.on : target.off
      z.data[at + i] = own * (Math.exp(logit - norm) - q) + taught * (s - p)
    }
  }
}
