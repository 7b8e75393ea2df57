import { divergence, projection, smoothedLoss, softmax } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { type Distillation, projectedGradients, taught, withGradients } from '../engine/program/projected-loss.ts'

export const distillation: OpTest = {
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

export const distillationGradient: OpTest = {
  case: (random) => withGradients(random, taught(random)),
  reference({ inputs, attributes }) {
    const { smoothing, over, scale, teacherScale, temperature, share } = attributes as unknown as Distillation
    const teacher = projection(inputs.teacherX!, inputs.teacherWeight!, inputs.teacherBias!, teacherScale)
    const rows = projection(inputs.x!, inputs.weight!, inputs.bias!, scale).map((logits, t) => {
      const { q, loss } = smoothedLoss(logits, inputs.ids!.data[t], smoothing, over)
      const [p, s] = [teacher[t], logits].map((row) => softmax(row.map((value) => value / temperature)))
      return {
        loss: (1 - share) * loss + share * temperature ** 2 * divergence(teacher[t], logits, temperature),
        dLogits: softmax(logits).map((own, o) => (1 - share) * (own - q[o]) + share * temperature * (s[o] - p[o])),
      }
    })
    return projectedGradients(inputs, scale, rows)
  },
}
