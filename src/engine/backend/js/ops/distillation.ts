import { checkRange } from '../check.ts'
import type { Check, Kernel } from '../kernel.ts'
import { inChunks } from '../logits.ts'
import { distillationOf, rowLosses, teacherOf } from '../teaching.ts'

export const checkDistillation: Check<'distillation'> = ({ weight, ids }) =>
  checkRange('distillation', 'id', ids, 0, weight.rows)

export const distillation: Kernel<'distillation'> = (call) => {
  const taught = distillationOf(call)
  inChunks([call, teacherOf(call)], (first, [z, t]) => rowLosses(z, t, first, call, taught))
}
