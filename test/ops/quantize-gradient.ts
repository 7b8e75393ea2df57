import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

const STEP = 1e-5

export const op: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    const wide = () => floats(random, 'S', S, width)
    const inputs = { x: wide(), quantized: wide(), dQuantized: wide(), dErrors: floats(random, 'S', S, 1) }
    return { symbols: { S }, inputs, attributes: {} }
  },
  /** dQuantized, and central differences of the mean of (x − quantized)² of a row times dErrors. */
  reference({ inputs }) {
    const [x, quantized, dQuantized, dErrors] = ['x', 'quantized', 'dQuantized', 'dErrors'].map((name) =>
      rowsOf(inputs[name]!),
    )
    return [
      x.flatMap((row, s) =>
        row.map((value, i) => {
          const error = (by: number) => (value + by - quantized[s][i]) ** 2 / row.length
          return dQuantized[s][i] + (dErrors[s][0] * (error(STEP) - error(-STEP))) / (2 * STEP)
        }),
      ),
    ]
  },
}
