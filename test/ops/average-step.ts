import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, integers, whole } from '../engine/program/random-operands.ts'
import { stepPaths, takeSteps } from '../engine/program/step-paths.ts'

export const averageStep: OpTest = {
  case(random) {
    const [R, width] = [random.rows(), random.width()]
    const { M, slots } = stepPaths(random, R)
    return {
      symbols: { R, M },
      inputs: {
        x: floats(random, 'R', R, width),
        parents: whole('R', 1, integers(random, R, -1, M - 1)),
        lengths: whole('R', 1, integers(random, R, 1, 20)),
        slots: whole('R', 1, slots),
        cache: floats(random, 'M', M, width),
      },
      attributes: {},
    }
  },
  reference({ inputs }) {
    const x = rowsOf(inputs.x!)
    const { made, cache } = takeSteps(inputs, (before, r) => x[r].map((value, i) => before[i] + value))
    return [made.flatMap((sum, r) => sum.map((value) => value / inputs.lengths!.data[r])), cache]
  },
}
