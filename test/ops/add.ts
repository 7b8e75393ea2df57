import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'

export const add: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { a: floats(random, 'S', S, width), b: floats(random, 'S', S, width) },
      attributes: {},
    }
  },
  reference: ({ inputs }) => {
    const b = rowsOf(inputs.b!).flat()
    return [
      rowsOf(inputs.a!)
        .flat()
        .map((value, i) => value + b[i]),
    ]
  },
}
