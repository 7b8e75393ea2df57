import { rowsOf, sum } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { whole } from '../engine/program/random-operands.ts'
import { op as balance } from './balance.ts'

export const op: OpTest = {
  case(random) {
    const c = balance.case(random)
    c.inputs.dBalance = whole(1, 1, random.floats(1))
    return c
  },
  reference({ inputs }) {
    const [rows, { width }, d] = [rowsOf(inputs.x!), inputs.x!, inputs.dBalance!.data[0]]
    const sums = Array.from({ length: width }, (_, e) => sum(rows.map((row) => row[e])))
    const mean = sum(sums) / width
    const variance = sum(sums.map((value) => (value - mean) ** 2)) / width
    const square = mean ** 2 + 1e-10
    return [
      rows.flatMap(() =>
        sums.map((value) => (d * 2 * ((value - mean) / square - (variance * mean) / square ** 2)) / width),
      ),
    ]
  },
  freeWidths: ['x'],
}
