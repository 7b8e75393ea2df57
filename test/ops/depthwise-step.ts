import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, pasts, whole } from '../engine/program/random-operands.ts'
import { stepPaths } from '../engine/program/step-paths.ts'

export const depthwiseStep: OpTest = {
  case(random) {
    const [R, width, taps] = [random.rows(), random.width(), random.pick([1, 3, 4, 7])]
    const { M, slots } = stepPaths(random, R)
    const { spans, ancestors } = pasts(random, R, 40, M)
    return {
      symbols: { R, M, A: ancestors.length },
      inputs: {
        x: floats(random, 'R', R, width),
        weight: floats(random, taps, taps, width),
        slots: whole('R', 1, slots),
        ancestors: whole('A', 1, ancestors),
        spans: whole('R', 2, spans),
        cache: floats(random, 'M', M, width),
      },
      attributes: { dilation: random.pick([1, 2, 5]) },
    }
  },
  /** The inputs of each path with zeros before them, and the sum over all taps of its last row. */
  reference({ inputs, attributes }) {
    const [x, weight, cache] = [inputs.x!, inputs.weight!, inputs.cache!].map(rowsOf)
    const { dilation } = attributes as { dilation: number }
    const zeros = weight[0].map(() => 0)
    const written = Array.from(inputs.cache!.data)
    inputs.slots!.data.forEach((slot, r) => {
      cache[slot] = x[r]
      written.splice(slot * inputs.cache!.baseWidth + inputs.cache!.column, x[r].length, ...x[r])
    })
    const convolved = rowsOf(inputs.spans!).map(([begin, end]) => {
      const path = Array.from(inputs.ancestors!.data.subarray(begin, end), (slot) => cache[slot])
      return zeros.map((_, i) =>
        weight.reduce(
          (sum, row, j) => sum + row[i] * (path.at(-1 - (weight.length - 1 - j) * dilation) ?? zeros)[i],
          0,
        ),
      )
    })
    return [convolved.flat(), written]
  },
}
