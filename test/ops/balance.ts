import { rowsOf, sum } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

/** cv² of the sums of columns. */
export function plainBalance(rows: number[][], columns: number): number {
  const sums = Array.from({ length: columns }, (_, e) => sum(rows.map((row) => row[e])))
  const mean = sum(sums) / columns
  return sum(sums.map((value) => (value - mean) ** 2)) / columns / (mean ** 2 + 1e-10)
}

export const op: OpTest = {
  case(random) {
    const [S, experts] = [random.rows(), random.pick([1, 2, 3, 8, 17])]
    const x = floats(random, 'S', S, experts)
    x.data.forEach((value, i) => {
      x.data[i] = Math.abs(value) + 0.1
    })
    return { symbols: { S }, inputs: { x }, attributes: {} }
  },
  reference: ({ inputs }) => [[plainBalance(rowsOf(inputs.x!), inputs.x!.width)]],
  freeWidths: ['x'],
}
