import { added, dot, rowsOf, sum, transposed } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, someZeros } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const S = random.next() < 0.1 ? 300 : random.rows()
    const [inputs, outputs] = [random.width(), random.pick([1, 2, 5, 16, 31, 64, 100, 257])]
    return {
      symbols: { S },
      inputs: {
        x: someZeros(random, floats(random, 'S', S, inputs)),
        dy: someZeros(random, floats(random, 'S', S, outputs)),
        dWeight: floats(random, outputs, outputs, inputs),
        dBias: random.next() < 0.5 ? floats(random, 1, 1, outputs) : null,
      },
      attributes: { scale: random.pick([1, 1, 0.3]) },
    }
  },
  reference({ inputs, attributes }) {
    const [x, dy] = [transposed(rowsOf(inputs.x!), inputs.x!.width), transposed(rowsOf(inputs.dy!), inputs.dy!.width)]
    const products = dy.map((d) => x.map((column) => (attributes.scale as number) * dot(d, column)))
    const dWeight = added(inputs.dWeight!, products)
    return inputs.dBias ? [dWeight, added(inputs.dBias, [dy.map(sum)])] : [dWeight]
  },
}
