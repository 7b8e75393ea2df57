import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, integers, whole } from '../engine/program/random-operands.ts'

export const rotate: OpTest = {
  case(random) {
    const [S, table, heads] = [random.rows(), random.integer(1, 30), random.integer(1, 4)]
    const dHead = 2 * random.integer(1, 9)
    const columns = heads * dHead
    const angles = random.floats(table * dHead).map((value, i) => (i % 2 ? Math.sin(value) : Math.cos(value)))
    return {
      symbols: { S, N: table },
      inputs: {
        x: floats(random, 'S', S, columns + random.pick([0, 1, 5])),
        positions: whole('S', 1, integers(random, S, 0, table - 1)),
        rotations: whole('N', dHead, Float32Array.from(angles)),
      },
      attributes: { columns, direction: random.pick(['forward', 'back']) },
    }
  },
  reference({ inputs, attributes }) {
    const { columns, direction } = attributes as { columns: number; direction: string }
    const rotations = rowsOf(inputs.rotations!)
    const dHead = rotations[0].length
    return [
      rowsOf(inputs.x!).flatMap((row, s) => {
        const angles = rotations[inputs.positions!.data[s]]
        return row.map((value, i) => {
          if (i >= columns) return value
          const pair = (i % dHead) - (i % 2)
          const [cos, sin] = [angles[pair], angles[pair + 1] * (direction === 'back' ? -1 : 1)]
          return i % 2 ? row[i - 1] * sin + value * cos : value * cos - row[i + 1] * sin
        })
      }),
    ]
  },
  freeWidths: ['x'],
}
