import { activations, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { gate: floats(random, 'S', S, width), x: floats(random, 'S', S, width) },
      attributes: { activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish']) },
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
