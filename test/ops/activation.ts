import { activations, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

export const activation: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { x: floats(random, 'S', S, width) },
      attributes: { activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish', 'tanh']) },
    }
  },
  reference: ({ inputs, attributes }) => [
    rowsOf(inputs.x!)
      .flat()
      .map(activations[attributes.activation as string]),
  ],
  freeWidths: ['x'],
}

export const activationGradient: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { x: floats(random, 'S', S, width), dy: floats(random, 'S', S, width) },
      attributes: { activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish', 'tanh']) },
    }
  },
  reference({ inputs, attributes }) {
    const f = activations[attributes.activation as string]
    const slope = (x: number) => (attributes.activation === 'relu' ? Number(x > 0) : (f(x + 1e-5) - f(x - 1e-5)) / 2e-5)
    const dy = rowsOf(inputs.dy!).flat()
    return [
      rowsOf(inputs.x!)
        .flat()
        .map((x, i) => dy[i] * slope(x)),
    ]
  },
}
