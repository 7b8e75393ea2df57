import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

export const headOff: OpTest = {
  case(random) {
    const [S, heads, width] = [random.rows(), random.pick([1, 2, 3, 8]), random.width()]
    return {
      symbols: { S },
      inputs: { attended: floats(random, 'S', S, heads * width) },
      attributes: { heads, head: random.integer(0, heads - 1) },
    }
  },
  reference({ inputs, attributes }) {
    const { heads, head } = attributes as { heads: number; head: number }
    const rows = rowsOf(inputs.attended!)
    return [
      rows.flatMap((row) => {
        const cut = row.length / heads
        return row.map((value, i) => (i >= head * cut && i < (head + 1) * cut ? 0 : value))
      }),
    ]
  },
  freeWidths: ['attended'],
}
