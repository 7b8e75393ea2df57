import { added, type Rows, rowsOf, sum, transposed } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

export const normWeightGradient: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: {
        x: floats(random, 'S', S, width),
        statistics: floats(random, 'S', S, 2),
        dy: floats(random, 'S', S, width),
        dGamma: floats(random, 1, 1, width),
        dBeta: random.next() < 0.5 ? floats(random, 1, 1, width) : null,
      },
      attributes: {},
    }
  },
  reference({ inputs }) {
    const dy = rowsOf(inputs.dy!)
    const statistics = rowsOf(inputs.statistics!)
    const products = rowsOf(inputs.x!).map((x, s) =>
      x.map((v, i) => dy[s][i] * (v - statistics[s][0]) * statistics[s][1]),
    )
    const sums = (rows: Rows) => [transposed(rows, inputs.x!.width).map(sum)]
    const dGamma = added(inputs.dGamma!, sums(products))
    return inputs.dBeta ? [dGamma, added(inputs.dBeta, sums(dy))] : [dGamma]
  },
}
