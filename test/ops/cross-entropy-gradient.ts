import { projection, smoothedLoss, softmax } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { projected, projectedGradients, withGradients } from '../engine/program/projected-loss.ts'

export const op: OpTest = {
  case: (random) => withGradients(random, projected(random)),
  reference({ inputs, attributes }) {
    const { smoothing, over, scale } = attributes as { smoothing: number; over: string; scale: number }
    const rows = projection(inputs.x!, inputs.weight!, inputs.bias!, scale).map((logits, t) => {
      const { q, loss } = smoothedLoss(logits, inputs.ids!.data[t], smoothing, over)
      return { loss, dLogits: softmax(logits).map((p, o) => p - q[o]) }
    })
    return projectedGradients(inputs, scale, rows)
  },
}
