import { expectIs, expectShape } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'
import { expectProjection, type Projected, smoothingConventions } from './projected-loss.ts'

export const distillationAttributes = {
  smoothing: 'number',
  over: smoothingConventions,
  scale: 'number',
  teacherScale: 'number',
  temperature: 'number',
  share: 'number',
} as const

/** Expects the operands of both projections, and settings that fit. */
export function expectDistillation(
  op: string,
  inputs: Projected & { teacherX: Tensor; teacherWeight: Tensor; teacherBias?: Tensor | null },
  { smoothing, temperature, share }: { smoothing: number; temperature: number; share: number },
): void {
  const { x, weight, teacherX, teacherWeight, teacherBias } = inputs
  expectProjection(op, inputs, smoothing)
  expectShape(teacherX.width === teacherWeight.width, op, `${teacherX} does not fit ${teacherWeight}`)
  expectShape(teacherX.rows === x.rows, op, `${teacherX} has not the rows of ${x}`)
  expectShape(teacherWeight.rows === weight.rows, op, `${teacherWeight} has not the vocabulary of ${weight}`)
  expectIs(op, teacherBias, 1, weight.rows as number)
  expectShape(temperature > 0, op, `temperature ${temperature} is not above 0`)
  expectShape(share >= 0 && share <= 1, op, `share ${share} is not in [0, 1]`)
}
