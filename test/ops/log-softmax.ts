import { logSoftmax, rowsOf } from '../program/mathematics.ts'
import type { OpTest } from '../program/op-tests.ts'
import { floats } from '../program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return { symbols: { S }, inputs: { x: floats(random, 'S', S, width) }, attributes: {} }
  },
  reference: ({ inputs }) => [rowsOf(inputs.x!).flatMap(logSoftmax)],
  freeWidths: ['x'],
}
