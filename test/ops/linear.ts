import { activations, dot, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, whole } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const [S, inputs, outputs] = [random.rows(), random.width(), random.pick([1, 2, 5, 16, 31, 64, 100, 257])]
    return {
      symbols: { S },
      inputs: {
        x: floats(random, 'S', S, inputs),
        weight: whole(outputs, inputs, random.floats(outputs * inputs)),
        bias: random.next() < 0.5 ? whole(1, outputs, random.floats(outputs)) : null,
        residual: random.next() < 0.5 ? floats(random, 'S', S, outputs) : null,
      },
      attributes: {
        activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish']),
        scale: random.pick([1, 1, 0.3]),
      },
    }
  },
  reference({ inputs, attributes }) {
    const { activation, scale } = attributes as { activation: string; scale: number }
    const weight = rowsOf(inputs.weight!)
    const residual = inputs.residual && rowsOf(inputs.residual)
    return [
      rowsOf(inputs.x!).flatMap((x, s) =>
        weight.map(
          (w, o) =>
            activations[activation](scale * dot(x, w) + (inputs.bias ? inputs.bias.data[o] : 0)) +
            (residual ? residual[s][o] : 0),
        ),
      ),
    ]
  },
}
