import { rowsOf, sum } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { whole } from '../engine/program/random-operands.ts'

export const adafactor: OpTest = {
  case(random) {
    const [rows, width] = [random.integer(1, 40), random.width()]
    const positive = (count: number) => random.floats(count).map((value) => 0.01 + Math.abs(value))
    const rates = [random.pick([1e-2, 0.1]), random.pick([1, 0.3, 0.01]), 1e-30, 1e-3, 0.7, random.pick([1, 10]), 0.1]
    return {
      symbols: {},
      inputs: {
        gradients: whole(rows, width, random.floats(rows * width)),
        rates: whole(1, 7, Float32Array.from(rates)),
        parameters: whole(rows, width, random.floats(rows * width)),
        rowMoments: whole(rows, 1, positive(rows)),
        columnMoments: whole(1, width, positive(width)),
      },
      attributes: {},
    }
  },
  reference({ inputs }) {
    const [rate, fresh, least2, leastScale, clip, d, decay] = Array.from(inputs.rates!.data)
    const [G, W] = [rowsOf(inputs.gradients!), rowsOf(inputs.parameters!)]
    const squares = G.map((row) => row.map((g) => (clip * g) ** 2 + least2))
    const mean = (values: number[]) => sum(values) / values.length
    const rms = (rows: number[][]) => Math.sqrt(mean(rows.flat().map((value) => value ** 2)))
    const R = squares.map((row, r) => (1 - fresh) * inputs.rowMoments!.data[r] + fresh * mean(row))
    const C = W[0].map(
      (_, i) => (1 - fresh) * inputs.columnMoments!.data[i] + fresh * mean(squares.map((row) => row[i])),
    )
    const U = G.map((row, r) => row.map((g, i) => (clip * g) / Math.sqrt((R[r] * C[i]) / mean(R))))
    const over = Math.max(1, rms(U) / d)
    const step = rate * Math.max(leastScale, rms(W))
    const parameters = W.map((row, r) => row.map((w, i) => w - step * (U[r][i] / over + decay * w)))
    return [G.flat().map(() => 0), parameters.flat(), R, C]
  },
}
