import { dropMask, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, randomSeed } from '../engine/program/random-operands.ts'

export const dropout: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: {
        x: floats(random, 'S', S, width),
        seed: randomSeed(random),
        residual: random.next() < 0.5 ? floats(random, 'S', S, width) : null,
      },
      attributes: { rate: random.pick([0, 0.1, 0.5, 0.9]), site: random.integer(0, 500) },
    }
  },
  reference({ inputs, attributes }) {
    const { rate, site } = attributes as { rate: number; site: number }
    const residual = inputs.residual && rowsOf(inputs.residual)
    return [
      rowsOf(inputs.x!).flatMap((x, s) => {
        const mask = dropMask(inputs.seed!.data[0], site, s, x.length, rate)
        return x.map((value, i) => value * mask[i] + (residual ? residual[s][i] : 0))
      }),
    ]
  },
  freeWidths: ['x'],
}
