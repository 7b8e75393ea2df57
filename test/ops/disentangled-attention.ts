import { attend } from '../engine/program/attend.ts'
import { distantRows, dot, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, integers, pairsOf, sentences, whole } from '../engine/program/random-operands.ts'

export const disentangledAttention: OpTest = {
  case(random) {
    const heads = random.pick([1, 2, 3, 4])
    const width = heads * random.pick([1, 3, 8, 12, 16, 32, 64])
    const B = random.pick([0, 1, 2, 5])
    const traced = random.next() < 0.4
    const [queries, keys] = [sentences(random, B, 40), sentences(random, B, 70)]
    const [clip, M] = [random.pick([0, 1, 5, 30, 90]), random.pick([1, 3, 16, 37])]
    const given = random.pick(['both', 'keys', 'queries'])
    const table = (isThere: boolean) => (isThere ? floats(random, M, M, width) : null)
    return {
      symbols: { T: queries.total, S: keys.total, B, 'P(queries, keys)': pairsOf(queries.spans, keys.spans) },
      inputs: {
        q: floats(random, 'T', queries.total, width),
        k: floats(random, 'S', keys.total, width),
        v: floats(random, 'S', keys.total, width),
        queries: whole('B', 2, queries.spans),
        keys: whole('B', 2, keys.spans),
        buckets: whole(2 * clip + 1, 1, integers(random, 2 * clip + 1, 0, M - 1)),
        positionKeys: table(given !== 'queries'),
        positionQueries: table(given !== 'keys'),
      },
      attributes: { heads, scale: random.pick([1, 0.25]), traced },
    }
  },
  reference({ inputs, attributes }) {
    const { heads, scale, traced } = attributes as { heads: number; scale: number; traced: boolean }
    const [q, k, v] = [inputs.q!, inputs.k!, inputs.v!].map(rowsOf)
    const buckets = rowsOf(inputs.buckets!).flat()
    const clip = (buckets.length - 1) / 2
    const tables = [inputs.positionKeys, inputs.positionQueries].map((table) => table && rowsOf(table))
    const dHead = q.length ? q[0].length / heads : 1
    const part = (row: number[], head: number) => row.slice(head * dHead, (head + 1) * dHead)
    const z: number[] = []
    const kept: number[] = []
    rowsOf(inputs.queries!).forEach(([begin, end], b) => {
      const [from, to] = rowsOf(inputs.keys!)[b]
      for (let i = begin; i < end; i++) {
        const bias = (head: number, j: number) => {
          const m = buckets[clip + Math.max(-clip, Math.min(clip, j - (i - begin)))]
          const [a, p] = tables
          return (
            (a ? dot(part(q[i], head), part(a[m], head)) : 0) + (p ? dot(part(k[from + j], head), part(p[m], head)) : 0)
          )
        }
        const seen = attend(q[i], k.slice(from, to), v.slice(from, to), heads, scale, { ...distantRows({}, 0), bias })
        z.push(...seen.z)
        kept.push(...seen.weights.flat())
      }
    })
    return traced ? [z, kept] : [z]
  },
}
