import { attend } from '../engine/program/attend.ts'
import { distantRows, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { distanceBias, floats, places, sentences, whole } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const heads = random.pick([1, 2, 3, 4])
    const width = heads * random.pick([1, 3, 8, 12, 16, 32, 64])
    const B = random.pick([0, 1, 2, 5])
    const [queries, keys, sideKeys] = [40, 70, 20].map((longest) => sentences(random, B, longest))
    return {
      symbols: {
        T: queries.total,
        S: keys.total,
        G: sideKeys.total,
        B,
      },
      inputs: {
        q: floats(random, 'T', queries.total, width),
        k: floats(random, 'S', keys.total, width),
        v: floats(random, 'S', keys.total, width),
        sideK: floats(random, 'G', sideKeys.total, width),
        sideV: floats(random, 'G', sideKeys.total, width),
        queries: whole('B', 2, queries.spans),
        keys: whole('B', 2, keys.spans),
        sideKeys: whole('B', 2, sideKeys.spans),
        at: places(random, B),
        sideAt: places(random, B),
        distanceBias: distanceBias(random, heads),
        sideBias: distanceBias(random, heads),
      },
      attributes: {
        heads,
        scale: random.pick([1, 0.25]),
        every: random.pick([1, 2, 16]),
      },
    }
  },
  /** Both sets of keys as one, each with the biases of its own. */
  reference({ inputs, attributes }) {
    const { heads, scale, every } = attributes as Record<'heads' | 'scale' | 'every', number>
    const [q, k, v, sideK, sideV] = ['q', 'k', 'v', 'sideK', 'sideV'].map((name) => rowsOf(inputs[name]!))
    const [queries, keys, sideKeys] = ['queries', 'keys', 'sideKeys'].map((name) => rowsOf(inputs[name]!))
    const z: number[] = []
    queries.forEach(([begin, end], b) => {
      const [own, side] = [keys[b], sideKeys[b]]
      const count = own[1] - own[0]
      for (let i = 0; i < end - begin; i++) {
        const near = distantRows(inputs, (inputs.at?.data[b] ?? 0) + i)
        const far = distantRows(
          { distanceBias: inputs.sideBias },
          (inputs.sideAt?.data[b] ?? 0) + Math.floor(i / every),
        )
        const both = {
          ...near,
          bias: (head: number, j: number) => (j < count ? near.bias(head, j) : far.bias(head, j - count)),
        }
        const [allKeys, allValues] = [
          [k, sideK],
          [v, sideV],
        ].map(([rows, sides]) => [...rows.slice(...own), ...sides.slice(...side)])
        z.push(...attend(q[begin + i], allKeys, allValues, heads, scale, both).z)
      }
    })
    return [z]
  },
}
