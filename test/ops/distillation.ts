import { divergence, projection, smoothedLoss } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { type Distillation, taught } from '../engine/program/projected-loss.ts'

export const op: OpTest = {
  case(random) {
    const { symbols, inputs, attributes } = taught(random)
    return { symbols, inputs, attributes }
  },
  reference({ inputs, attributes }) {
    const { smoothing, over, scale, teacherScale, temperature, share } = attributes as unknown as Distillation
    const student = projection(inputs.x!, inputs.weight!, inputs.bias!, scale)
    const teacher = projection(inputs.teacherX!, inputs.teacherWeight!, inputs.teacherBias!, teacherScale)
    return [
      student.map((row, t) => {
        const { loss } = smoothedLoss(row, inputs.ids!.data[t], smoothing, over)
        return (1 - share) * loss + share * temperature ** 2 * divergence(teacher[t], row, temperature)
      }),
    ]
  },
}
