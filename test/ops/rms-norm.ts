import { rowsOf } from '../engine/program/mathematics.ts'
import { normGradient, normGradients } from '../engine/program/norm-gradients.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, whole } from '../engine/program/random-operands.ts'

export const rmsNorm: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { x: floats(random, 'S', S, width), gamma: whole(1, width, random.floats(width)) },
      attributes: { epsilon: 1e-6 },
    }
  },
  reference: ({ inputs, attributes }) => [
    rowsOf(inputs.x!).flatMap((x) => {
      const square = x.reduce((sum, value) => sum + value * value, 0) / x.length
      return x.map((v, i) => (v / Math.sqrt(square + (attributes.epsilon as number))) * inputs.gamma!.data[i])
    }),
  ],
}

export const rmsNormGradient: OpTest = {
  case: (random) => normGradient(random, 1e-6),
  reference: (c) => normGradients(c, false).gradients,
  terms: (c) => normGradients(c, false).terms,
}
