import { inChunks } from '../losses/logits.ts'
import { distillationOf, rowLosses, teacherOf } from '../losses/teaching.ts'
import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

export const checkDistillation: Check<'distillation'> = ({ weight, ids }) =>
  checkRange('distillation', 'id', ids, 0, weight.rows)

export const distillation: Kernel<'distillation'> = (call) => {
  const taught = distillationOf(call)
  inChunks([call, teacherOf(call)], (first, [z, t]) => rowLosses(z, t, first, call, taught))
}
