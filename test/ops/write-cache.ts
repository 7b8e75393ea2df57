import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, whole } from '../engine/program/random-operands.ts'

export const writeCache: OpTest = {
  case(random) {
    const [R, width] = [random.rows(), random.width()]
    const M = R + random.integer(1, 9)
    const slots = Int32Array.from({ length: R }, (_, i) => i)
    for (let i = R - 1; i > 0; i--) {
      const j = random.integer(0, i)
      ;[slots[i], slots[j]] = [slots[j], slots[i]]
    }
    return {
      symbols: { R, M },
      inputs: { x: floats(random, 'R', R, width), slots: whole('R', 1, slots), cache: floats(random, 'M', M, width) },
      attributes: {},
    }
  },
  reference({ inputs }) {
    const cache = inputs.cache!
    const result = Array.from(cache.data)
    rowsOf(inputs.x!).forEach((x, r) => {
      result.splice(inputs.slots!.data[r] * cache.baseWidth + cache.column, cache.width, ...x)
    })
    return [result]
  },
}
