import { attend } from '../engine/program/attend.ts'
import { distantRows, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { distanceBias, floats, pasts, relativeTables, whole } from '../engine/program/random-operands.ts'

export const cachedAttention: OpTest = {
  case(random) {
    const heads = random.pick([1, 2, 3, 4, 8])
    const width = heads * random.pick([1, 3, 8, 12, 16, 20, 32, 64])
    const [R, M] = [random.rows(), random.integer(1, 50)]
    const { spans, ancestors } = pasts(random, R, 60, M)
    return {
      symbols: { R, M, A: ancestors.length, 'P(spans)': ancestors.length },
      inputs: {
        q: floats(random, 'R', R, width),
        k: floats(random, 'M', M, width),
        v: floats(random, 'M', M, width),
        ancestors: whole('A', 1, ancestors),
        spans: whole('R', 2, spans),
        ...relativeTables(random, width / heads),
        distanceBias: distanceBias(random, heads),
      },
      attributes: { heads, scale: random.pick([1, 0.25]), traced: random.next() < 0.4 },
    }
  },
  reference({ inputs, attributes }) {
    const { heads, scale, traced } = attributes as { heads: number; scale: number; traced: boolean }
    const [q, k, v] = [inputs.q!, inputs.k!, inputs.v!].map(rowsOf)
    const seen = rowsOf(inputs.spans!).map(([begin, end], r) => {
      const slots = Array.from(inputs.ancestors!.data.subarray(begin, end))
      return attend(
        q[r],
        slots.map((slot) => k[slot]),
        slots.map((slot) => v[slot]),
        heads,
        scale,
        distantRows(inputs, slots.length - 1),
      )
    })
    const z = seen.flatMap((row) => row.z)
    return traced ? [z, seen.flatMap((row) => row.weights.flat())] : [z]
  },
}
