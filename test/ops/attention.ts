import { attend } from '../engine/program/attend.ts'
import { distantRows, dropMask, placeOf, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import {
  distanceBias,
  floats,
  pairsOf,
  places,
  randomSeed,
  relativeTables,
  sentences,
  whole,
} from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const heads = random.pick([1, 2, 3, 4, 8])
    const width = heads * random.pick([1, 3, 8, 12, 16, 20, 32, 64])
    const B = random.pick([0, 1, 2, 5])
    const causal = random.next() < 0.4
    const traced = random.next() < 0.4
    const dropout = random.pick([0, 0, 0.1, 0.5])
    const queries = sentences(random, B, 40)
    const keys = sentences(random, B, 70)
    return {
      symbols: { T: queries.total, S: keys.total, B, 'P(queries, keys)': pairsOf(queries.spans, keys.spans) },
      inputs: {
        q: floats(random, 'T', queries.total, width),
        k: floats(random, 'S', keys.total, width),
        v: floats(random, 'S', keys.total, width),
        queries: whole('B', 2, queries.spans),
        keys: whole('B', 2, keys.spans),
        seed: dropout ? randomSeed(random) : null,
        ...relativeTables(random, width / heads),
        distanceBias: distanceBias(random, heads),
        at: places(random, B),
      },
      attributes: {
        heads,
        scale: random.pick([1, 0.25]),
        causal,
        every: random.pick([1, 1, 2, 3, 9]),
        traced,
        dropout,
        site: random.integer(0, 500),
      },
    }
  },
  reference({ inputs, attributes }) {
    const { heads, scale, causal, traced, dropout, site } = attributes as {
      heads: number
      scale: number
      causal: boolean
      traced: boolean
      dropout: number
      site: number
    }
    const [q, k, v] = [inputs.q!, inputs.k!, inputs.v!].map(rowsOf)
    const [queries, keys] = [rowsOf(inputs.queries!), rowsOf(inputs.keys!)]
    const z: number[] = []
    const kept: number[] = []
    queries.forEach(([begin, end], b) => {
      const [from, to] = keys[b]
      for (let i = begin; i < end; i++) {
        const place = placeOf({ inputs, attributes }, b, i - begin)
        const last = causal ? Math.min(to, from + place + 1) : to
        const mask = (head: number) =>
          dropout ? dropMask(inputs.seed!.data[0], site, i * heads + head, last - from, dropout) : null
        const distant = distantRows(inputs, place)
        const seen = attend(q[i], k.slice(from, last), v.slice(from, last), heads, scale, distant, mask)
        z.push(...seen.z)
        kept.push(...seen.weights.flat(), ...new Array<number>((to - last) * heads).fill(0))
      }
    })
    return traced ? [z, kept] : [z]
  },
}
