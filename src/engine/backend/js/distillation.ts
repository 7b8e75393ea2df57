import type { Check, Kernel, Matrix } from '../backend.ts'
import { checkRange } from './check.ts'
import { crossEntropyOf, type Smoothed, smoothed } from './cross-entropy.ts'
import { inChunks, projectionGradients } from './logits.ts'
import { logSumExp } from './softmax.ts'

export const checkDistillation: Check = ([, weight, , ids]) => checkRange('distillation', 'id', ids!, 0, weight!.rows)

/** The targets of the student: the smoothed target with the share 1 − `share`, and the teacher at a temperature with the share `share`. */
interface Distillation {
  target: Smoothed
  temperature: number
  share: number
}

export const distillationKernel: Kernel = (
  [x, weight, bias, ids, teacherX, teacherWeight, teacherBias],
  [losses],
  [smoothing, over, scale, teacherScale, temperature, share],
) => {
  const distillation = { target: smoothed(smoothing, over, weight!.rows), temperature, share }
  const student = { x: x!, weight: weight!, bias, scale }
  const teacher = { x: teacherX!, weight: teacherWeight!, bias: teacherBias, scale: teacherScale }
  inChunks([student, teacher], (first, [z, t]) => rowLosses(z, t, first, ids!, losses, distillation))
}

export const distillationGradientKernel: Kernel = (
  [x, weight, bias, ids, teacherX, teacherWeight, teacherBias, dLoss, dWeight, dBias],
  [losses, dx],
  [smoothing, over, scale, teacherScale, temperature, share],
) => {
  const distillation = { target: smoothed(smoothing, over, weight!.rows), temperature, share }
  const factor = dLoss!.data[dLoss!.offset]
  const student = { x: x!, weight: weight!, bias, scale }
  const teacher = { x: teacherX!, weight: teacherWeight!, bias: teacherBias, scale: teacherScale }
  inChunks([student, teacher], (first, [z, t]) => {
    rowLosses(z, t, first, ids!, losses, distillation)
    logitGradients(z, t, first, ids!, distillation, factor)
    projectionGradients(student, first, z, { dx, dWeight: dWeight!, dBias })
  })
}

/** loss = (1 − share) · cross-entropy + share · τ² · KL, of the logits z of the student and t of the teacher. */
function rowLosses(z: Matrix, t: Matrix, first: number, ids: Matrix, losses: Matrix, distillation: Distillation): void {
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

/** In place: z → factor · ((1 − share) · (softmax(z) − q) + share · τ · (s − p)). */
function logitGradients(
  z: Matrix,
  t: Matrix,
  first: number,
  ids: Matrix,
  distillation: Distillation,
  factor: number,
): void {
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
