import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, integers, whole } from '../engine/program/random-operands.ts'
import { stepPaths, takeSteps } from '../engine/program/step-paths.ts'

export const ssruStep: OpTest = {
  case(random) {
    const [R, width] = [random.rows(), random.width()]
    const { M, slots } = stepPaths(random, R)
    return {
      symbols: { R, M },
      inputs: {
        x: floats(random, 'R', R, width),
        forget: floats(random, 'R', R, width),
        forgetBias: floats(random, 1, 1, width),
        parents: whole('R', 1, integers(random, R, -1, M - 1)),
        slots: whole('R', 1, slots),
        cache: floats(random, 'M', M, width),
        residual: random.next() < 0.5 ? floats(random, 'R', R, width) : null,
      },
      attributes: {},
    }
  },
  reference({ inputs }) {
    const [x, forget, [bias]] = [inputs.x!, inputs.forget!, inputs.forgetBias!].map(rowsOf)
    const residual = inputs.residual ? rowsOf(inputs.residual) : x.map((row) => row.map(() => 0))
    const { made, cache } = takeSteps(inputs, (before, r) =>
      x[r].map((value, i) => {
        const gate = 1 / (1 + Math.exp(-forget[r][i] - bias[i]))
        return gate * before[i] + (1 - gate) * value
      }),
    )
    return [made.flatMap((state, r) => state.map((value, i) => Math.max(0, value) + residual[r][i])), cache]
  },
}
