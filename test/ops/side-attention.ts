import { attend, scoreGradients } from '../engine/program/attend.ts'
import { addTo, type Distant, distantRows, dropMask, rowsOf, zeros } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import {
  distanceBias,
  floats,
  type OpCase,
  places,
  type Random,
  randomSeed,
  sentences,
  whole,
} from '../engine/program/random-operands.ts'

/** Side keys of spans, of which some see the same as the one before. */
function sideKeys(random: Random, count: number) {
  const { spans, total } = sentences(random, count, 20)
  for (let b = 1; b < count; b++) if (random.next() < 0.5) spans.copyWithin(2 * b, 2 * b - 2, 2 * b)
  return { spans, total }
}

/** A random case of attention to keys and side keys, between which there are rows that nothing sees. */
function sideCase(random: Random): OpCase {
  const heads = random.pick([1, 2, 3, 4])
  const width = heads * random.pick([1, 3, 8, 12, 16, 32, 64])
  const B = random.pick([0, 1, 2, 5])
  const [queries, keys] = [40, 70].map((longest) => sentences(random, B, longest))
  const sides = sideKeys(random, B)
  const spare = random.pick([0, 3])
  const [T, S, G] = [queries.total, keys.total + spare, sides.total + spare]
  const dropout = random.pick([0, 0, 0.1, 0.5])
  const bias = distanceBias(random, heads)
  return {
    symbols: { T, S, G, B },
    inputs: {
      q: floats(random, 'T', T, width),
      k: floats(random, 'S', S, width),
      v: floats(random, 'S', S, width),
      sideK: floats(random, 'G', G, width),
      sideV: floats(random, 'G', G, width),
      queries: whole('B', 2, queries.spans),
      keys: whole(
        'B',
        2,
        keys.spans.map((row) => row + spare),
      ),
      sideKeys: whole('B', 2, sides.spans),
      seed: dropout ? randomSeed(random) : null,
      at: places(random, B),
      sideAt: places(random, B),
      distanceBias: bias,
      sideBias: bias && distanceBias(random, heads),
    },
    attributes: {
      heads,
      scale: random.pick([1, 0.25]),
      every: random.pick([1, 2, 16]),
      dropout,
      site: random.integer(0, 500),
    },
  }
}

/** A key that a query sees: its row and its number in its span, and what its distance adds. */
interface SeenKey {
  key: number[]
  value: number[]
  isSide: boolean
  place: number
  number: number
  distant: Distant
}

/** Each query with the keys of both sets as one, and the masks of dropout of its weights. */
function* bothSets({ inputs, attributes, symbols }: OpCase) {
  const { heads, every, dropout, site } = attributes as Record<'heads' | 'every' | 'dropout' | 'site', number>
  const [k, v, sideK, sideV] = ['k', 'v', 'sideK', 'sideV'].map((name) => rowsOf(inputs[name]!))
  const [queries, keys, sides] = ['queries', 'keys', 'sideKeys'].map((name) => rowsOf(inputs[name]!))
  for (const [b, [begin, end]] of queries.entries())
    for (let row = begin; row < end; row++) {
      const near = distantRows(inputs, (inputs.at?.data[b] ?? 0) + row - begin)
      const sideAt = (inputs.sideAt?.data[b] ?? 0) + Math.floor((row - begin) / every)
      const far = distantRows({ distanceBias: inputs.sideBias }, sideAt)
      const seen = ([from, to]: number[], isSide: boolean): SeenKey[] =>
        Array.from({ length: to - from }, (_, number) => {
          const [place, distant] = [from + number, isSide ? far : near]
          return {
            key: (isSide ? sideK : k)[place],
            value: (isSide ? sideV : v)[place],
            isSide,
            place,
            number,
            distant,
          }
        })
      const [own, side] = [seen(keys[b], false), seen(sides[b], true)]
      const mask = (of: number, head: number, count: number) =>
        dropMask(inputs.seed!.data[0], site, of * heads + head, count, dropout)
      const masks = (head: number) =>
        dropout ? [...mask(row, head, own.length), ...mask(symbols.T + row, head, side.length)] : null
      yield { row, keys: [...own, ...side], masks }
    }
}

export const sideAttention: OpTest = {
  case: sideCase,
  reference(c) {
    const { heads, scale } = c.attributes as Record<'heads' | 'scale', number>
    const q = rowsOf(c.inputs.q!)
    const z: number[] = []
    for (const { row, keys, masks } of bothSets(c)) {
      const nowhere = distantRows({}, 0)
      const both = { ...nowhere, bias: (head: number, j: number) => keys[j].distant.bias(head, keys[j].number) }
      const [seenKeys, seenValues] = [keys.map(({ key }) => key), keys.map(({ value }) => value)]
      z.push(...attend(q[row], seenKeys, seenValues, heads, scale, both, masks).z)
    }
    return [z]
  },
}

/** The gradients by q, k, v, sideK, sideV and the biases: those of attention to both sets of keys as one. */
function sideGradients(c: OpCase) {
  const { inputs } = c
  const { heads, scale } = c.attributes as { heads: number; scale: number }
  const { width } = inputs.q!
  const dHead = width / heads
  const [q, dz] = [rowsOf(inputs.q!), rowsOf(inputs.dz!)]
  const rowsLike = (name: string) => zeros(rowsOf(inputs[name]!).length, width)
  const [dq, dk, dv, dSideK, dSideV] = ['q', 'k', 'v', 'sideK', 'sideV'].map(rowsLike)
  const dBiases = ['distanceBias', 'sideBias'].map((name) => inputs[name] && zeros(inputs[name].rows as number, heads))
  const terms = dBiases.map((bias) => bias && zeros(bias.length, heads))
  for (const { row, keys, masks } of bothSets(c))
    for (let head = 0; head < heads; head++) {
      const cut = (values: number[]) => values.slice(head * dHead, (head + 1) * dHead)
      const place = (values: number[]) => [...new Array<number>(head * dHead).fill(0), ...values]
      const of = scoreGradients(
        cut(q[row]),
        cut(dz[row]),
        keys.map(({ key }) => cut(key)),
        keys.map(({ distant, number }) => distant.bias(head, number)),
        keys.map(({ value }) => cut(value)),
        scale,
        masks(head),
      )
      keys.forEach(({ key, isSide, place: at, distant, number }, j) => {
        addTo(dq[row], of.ds[j], place(cut(key)))
        addTo((isSide ? dSideK : dk)[at], of.ds[j], place(cut(q[row])))
        addTo((isSide ? dSideV : dv)[at], of.weights[j], place(cut(dz[row])))
        const bias = dBiases[isSide ? 1 : 0]
        if (!bias) return
        bias[distant.biasRow(number)][head] += of.ds[j]
        terms[isSide ? 1 : 0]![distant.biasRow(number)][head] += of.terms[j]
      })
    }
  const given = [0, 1].filter((i) => dBiases[i])
  return {
    gradients: [dq, dk, dv, dSideK, dSideV, ...given.map((i) => dBiases[i]!)].map((rows) => rows.flat()),
    terms: [0, 0, 0, 0, 0, ...given.map((i) => Math.max(0, ...terms[i]!.flat()))],
  }
}

export const sideAttentionGradient: OpTest = {
  case(random) {
    const c = sideCase(random)
    const { rows, width } = c.inputs.q!
    c.inputs.dz = floats(random, rows as string, c.symbols.T, width)
    return c
  },
  reference: (c) => sideGradients(c).gradients,
  terms: (c) => sideGradients(c).terms,
}
