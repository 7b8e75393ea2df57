import { rowsOf, sum } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, whole } from '../engine/program/random-operands.ts'

/** cv² of the sums of columns. */
function plainBalance(rows: number[][], columns: number): number {
  const sums = Array.from({ length: columns }, (_, e) => sum(rows.map((row) => row[e])))
  const mean = sum(sums) / columns
  return sum(sums.map((value) => (value - mean) ** 2)) / columns / (mean ** 2 + 1e-10)
}

export const balance: OpTest = {
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

export const balanceGradient: OpTest = {
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
