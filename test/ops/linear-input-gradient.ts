import { dot, rowsOf, transposed } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, someZeros, whole } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const [S, inputs, outputs] = [random.rows(), random.width(), random.pick([1, 2, 5, 16, 31, 64, 100, 257])]
    return {
      symbols: { S },
      inputs: {
        dy: someZeros(random, floats(random, 'S', S, outputs)),
        weight: whole(outputs, inputs, random.floats(outputs * inputs)),
        x: random.next() < 0.5 ? someZeros(random, floats(random, 'S', S, inputs)) : null,
      },
      attributes: { scale: random.pick([1, 1, 0.3]) },
    }
  },
  reference({ inputs, attributes }) {
    const columns = transposed(rowsOf(inputs.weight!), inputs.weight!.width)
    const gradients = rowsOf(inputs.dy!).map((dy) => columns.map((w) => (attributes.scale as number) * dot(dy, w)))
    const wanted = inputs.x && rowsOf(inputs.x)
    return [gradients.flatMap((row, r) => row.map((value, i) => (wanted && wanted[r][i] === 0 ? 0 : value)))]
  },
  freeWidths: ['weight'],
}
