import { activations, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { x: floats(random, 'S', S, width) },
      attributes: { activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish']) },
    }
  },
  reference: ({ inputs, attributes }) => [
    rowsOf(inputs.x!)
      .flat()
      .map(activations[attributes.activation as string]),
  ],
  freeWidths: ['x'],
}
