import { projection, smoothedLoss, softmax } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { projected, projectedGradients, withGradients } from '../engine/program/projected-loss.ts'

export const crossEntropy: OpTest = {
  case(random) {
    const { symbols, inputs, attributes } = projected(random)
    return { symbols, inputs, attributes }
  },
  reference({ inputs, attributes }) {
    const { smoothing, over, scale } = attributes as { smoothing: number; over: string; scale: number }
    const logits = projection(inputs.x!, inputs.weight!, inputs.bias!, scale)
    return [logits.map((row, t) => smoothedLoss(row, inputs.ids!.data[t], smoothing, over).loss)]
  },
}

export const crossEntropyGradient: OpTest = {
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
