import { logSoftmax, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, integers, whole } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const [T, vocabulary] = [random.rows(), random.width()]
    return {
      symbols: { T },
      inputs: {
        logits: floats(random, 'T', T, vocabulary),
        ids: whole('T', 1, integers(random, T, 0, vocabulary - 1)),
      },
      attributes: {},
    }
  },
  reference: ({ inputs }) => [rowsOf(inputs.logits!).map((row, t) => logSoftmax(row)[inputs.ids!.data[t]])],
  freeWidths: ['logits'],
}
