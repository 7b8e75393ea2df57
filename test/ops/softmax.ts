import { rowsOf, softmax } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return { symbols: { S }, inputs: { x: floats(random, 'S', S, width) }, attributes: {} }
  },
  reference: ({ inputs }) => [rowsOf(inputs.x!).flatMap(softmax)],
  freeWidths: ['x'],
}
