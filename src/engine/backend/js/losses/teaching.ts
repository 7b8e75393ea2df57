import type { Matrix } from '../../interface/backend.ts'
import { logSumExp } from '../functions/activation-functions.ts'
import type { Operands } from '../operands/operands.ts'
import type { Products } from '../products/products.ts'
import { crossEntropyOf, type Smoothed, smoothed } from './label-smoothing.ts'
import type { Projection } from './logits.ts'

/** The targets of the student: the smoothed target with the share 1 − `share`, and the teacher at a temperature with the share `share`. */
export interface Distillation {
  target: Smoothed
  temperature: number
  share: number
}

type Taught = Operands['distillation'] | Operands['distillationGradient']

export const distillationOf = (call: Taught): Distillation => ({
  target: smoothed(call),
  temperature: call.temperature,
  share: call.share,
})

/** The output projection of the teacher. */
export const teacherOf = (call: Taught & { products: Products }): Projection => ({
  x: call.teacherX,
  weight: call.teacherWeight,
  bias: call.teacherBias,
  scale: call.teacherScale,
  products: call.products,
})

/** loss = (1 − share) · cross-entropy + share · τ² · KL, of the logits z of the student and t of the teacher. */
export function rowLosses(
  z: Matrix,
  t: Matrix,
  first: number,
  { ids, losses }: Pick<Taught, 'ids' | 'losses'>,
  distillation: Distillation,
): void {
  const { target, temperature, share } = distillation
  for (let row = 0; row < z.rows; row++) {
    const id = ids.data[ids.offset + (first + row) * ids.stride]
    losses.data[losses.offset + (first + row) * losses.stride] =
      (1 - share) * crossEntropyOf(z, row, id, target) + share * temperature ** 2 * divergence(z, t, row, temperature)
  }
}

/** The divergence of one row: Σ p · (log p − log s), p = softmax(t / τ), s = softmax(z / τ). */
function divergence(z: Matrix, t: Matrix, row: number, temperature: number): number {
  const at = row * z.stride
  const [student, teacher] = [logSumExp(z, at, temperature), logSumExp(t, at, temperature)]
  let sum = 0
  for (let i = 0; i < z.width; i++) {
    const logP = t.data[at + i] / temperature - teacher
    sum += Math.exp(logP) * (logP - (z.data[at + i] / temperature - student))
  }
  return sum
}
