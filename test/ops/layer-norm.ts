import { rowsOf } from '../engine/program/mathematics.ts'
import { normGradient, normGradients } from '../engine/program/norm-gradients.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, whole } from '../engine/program/random-operands.ts'

export const layerNorm: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    const vector = () => whole(1, width, random.floats(width))
    return {
      symbols: { S },
      inputs: { x: floats(random, 'S', S, width), gamma: vector(), beta: vector() },
      attributes: { epsilon: random.pick([1e-5, 1e-6]) },
    }
  },
  reference: ({ inputs, attributes }) => [
    rowsOf(inputs.x!).flatMap((x) => {
      const mean = x.reduce((a, b) => a + b, 0) / x.length
      const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length
      return x.map(
        (v, i) =>
          ((v - mean) / Math.sqrt(variance + (attributes.epsilon as number))) * inputs.gamma!.data[i] +
          inputs.beta!.data[i],
      )
    }),
  ],
}

export const layerNormGradient: OpTest = {
  case: (random) => normGradient(random, random.pick([1e-5, 1e-6])),
  reference: (c) => normGradients(c, true).gradients,
  terms: (c) => normGradients(c, true).terms,
}
