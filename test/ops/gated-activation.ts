import { activations, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

export const gatedActivation: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { gate: floats(random, 'S', S, width), x: floats(random, 'S', S, width) },
      attributes: { activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish', 'tanh']) },
    }
  },
  reference({ inputs, attributes }) {
    const gate = rowsOf(inputs.gate!).flat()
    const activate = activations[attributes.activation as string]
    return [
      rowsOf(inputs.x!)
        .flat()
        .map((x, i) => activate(gate[i]) * x),
    ]
  },
}

export const gatedActivationGradient: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: {
        gate: floats(random, 'S', S, width),
        x: floats(random, 'S', S, width),
        dy: floats(random, 'S', S, width),
      },
      attributes: { activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish', 'tanh']) },
    }
  },
  reference({ inputs, attributes }) {
    const f = activations[attributes.activation as string]
    const slope = (x: number) => (attributes.activation === 'relu' ? Number(x > 0) : (f(x + 1e-5) - f(x - 1e-5)) / 2e-5)
    const [gate, x, dy] = [inputs.gate!, inputs.x!, inputs.dy!].map((operand) => rowsOf(operand).flat())
    return [gate.map((value, i) => slope(value) * x[i] * dy[i]), gate.map((value, i) => f(value) * dy[i])]
  },
}
