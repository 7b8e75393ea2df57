import { logSoftmax, rowsOf, softmax } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, integers, whole } from '../engine/program/random-operands.ts'

export const tokenLogProbability: OpTest = {
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

export const tokenLogProbabilityGradient: OpTest = {
  case(random) {
    const [T, vocabulary] = [random.rows(), random.width()]
    return {
      symbols: { T },
      inputs: {
        logits: floats(random, 'T', T, vocabulary),
        ids: whole('T', 1, integers(random, T, 0, vocabulary - 1)),
        dy: floats(random, 'T', T, 1),
      },
      attributes: {},
    }
  },
  reference({ inputs }) {
    const dy = rowsOf(inputs.dy!)
    return [
      rowsOf(inputs.logits!).flatMap((logits, t) =>
        softmax(logits).map((p, i) => dy[t][0] * (Number(i === inputs.ids!.data[t]) - p)),
      ),
    ]
  },
  freeWidths: ['logits'],
}
