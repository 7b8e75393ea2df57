import { dot } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { whole } from '../engine/program/random-operands.ts'
import { plainRouters, randomRouters } from './router-loss.ts'

export const op: OpTest = {
  case(random) {
    const c = randomRouters(random)
    c.inputs.dLoss = whole(1, 1, random.floats(1))
    return c
  },
  reference(c) {
    const { experts, balance, z } = c.attributes as Record<'experts' | 'balance' | 'z', number>
    const [dLoss] = c.inputs.dLoss!.data
    const found = plainRouters(c)
    const all = found.flatMap(({ rows }) => rows).length
    const gradient = new Array<number>(all * experts)
    for (const { rows, f } of found) {
      const dP = f.map((share) => (balance * experts * share) / rows.length / found.length)
      for (const { row, layer, p, lse } of rows)
        p.forEach((value, e) => {
          const at = row * c.inputs.scores!.width + layer * experts + e
          gradient[at] = dLoss * value * (dP[e] - dot(dP, p) + (2 * z * lse) / all)
        })
    }
    return [gradient]
  },
  freeWidths: ['scores'],
}
