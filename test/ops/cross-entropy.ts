import { projection, smoothedLoss } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { projected } from '../engine/program/projected-loss.ts'

export const op: OpTest = {
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
