import { attend, scoreGradients } from '../engine/program/attend.ts'
import {
  added,
  addTo,
  distantRows,
  dropMask,
  placeOf,
  type Rows,
  rowsOf,
  zeros,
} from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import {
  distanceBias,
  floats,
  type OpCase,
  pairsOf,
  places,
  randomSeed,
  relativeTables,
  sentences,
  whole,
} from '../engine/program/random-operands.ts'

export const attention: OpTest = {
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

/** The gradients of attention, and for each of them the magnitude of what it is a sum of where `summedTerms` has one. */
function attentionGradients({ inputs, attributes }: OpCase) {
  const { heads, scale, causal, dropout, site } = attributes as {
    heads: number
    scale: number
    causal: boolean
    dropout: number
    site: number
  }
  const [q, k, v, dz, queries, keys] = ['q', 'k', 'v', 'dz', 'queries', 'keys'].map((name) => rowsOf(inputs[name]!))
  const { width } = inputs.q!
  const [dq, dk, dv] = [zeros(q.length, width), zeros(k.length, width), zeros(k.length, width)]
  const distances = (inputs.relativeKeys?.rows ?? 0) as number
  const [dKeys, terms, dValues] = [1, 2, 3].map(() => zeros(distances, width / heads))
  const [dBias, biasTerms] = [1, 2].map(() => zeros((inputs.distanceBias?.rows ?? 0) as number, heads))
  queries.forEach(([begin, end], b) => {
    for (let i = begin; i < end; i++)
      for (let head = 0; head < heads; head++) {
        const cut = (row: number[]) => row.slice((head * width) / heads, ((head + 1) * width) / heads)
        const place = (row: number[]) => [...new Array<number>((head * width) / heads).fill(0), ...row]
        const [from, to] = keys[b]
        const at = placeOf({ inputs, attributes }, b, i - begin)
        const last = causal ? Math.min(to, from + at + 1) : to
        const mask = dropout ? dropMask(inputs.seed!.data[0], site, i * heads + head, last - from, dropout) : null
        const distant = distantRows(inputs, at)
        const keysSeen = k.slice(from, last).map((row, j) => distant.key(cut(row), j))
        const valuesSeen = v.slice(from, last).map((row, j) => distant.value(cut(row), j))
        const biases = keysSeen.map((_, j) => distant.bias(head, j))
        const of = scoreGradients(cut(q[i]), cut(dz[i]), keysSeen, biases, valuesSeen, scale, mask)
        for (let j = 0; j < last - from; j++) {
          addTo(dq[i], of.ds[j], place(keysSeen[j]))
          addTo(dk[from + j], of.ds[j], place(cut(q[i])))
          addTo(dv[from + j], of.weights[j], place(cut(dz[i])))
          if (inputs.distanceBias) {
            dBias[distant.biasRow(j)][head] += of.ds[j]
            biasTerms[distant.biasRow(j)][head] += of.terms[j]
          }
          if (!distances) continue
          addTo(dKeys[distant.row(j)], of.ds[j], cut(q[i]))
          addTo(terms[distant.row(j)], of.terms[j], cut(q[i]).map(Math.abs))
          addTo(dValues[distant.row(j)], of.weights[j], cut(dz[i]))
        }
      }
  })
  const written = distances ? [added(inputs.dRelativeKeys!, dKeys), added(inputs.dRelativeValues!, dValues)] : []
  const most = (rows: Rows) => Math.max(0, ...rows.flat())
  const bias = inputs.distanceBias ? [dBias.flat()] : []
  return {
    gradients: [dq.flat(), dk.flat(), dv.flat(), ...bias, ...written],
    terms: [0, 0, 0, ...bias.map(() => most(biasTerms)), most(terms), 0],
  }
}

export const attentionGradient: OpTest = {
  case(random) {
    const heads = random.pick([1, 2, 3, 4, 8])
    const width = heads * random.pick([1, 3, 8, 12, 16, 20, 64])
    const B = random.pick([0, 1, 2, 5])
    const causal = random.next() < 0.4
    const dropout = random.pick([0, 0, 0.1, 0.5])
    const queries = sentences(random, B, 40)
    const keys = sentences(random, B, 70)
    // Rows of keys that belong to no sentence.
    const spare = random.pick([0, 3])
    const S = keys.total + spare
    const dHead = width / heads
    const tables = relativeTables(random, dHead)
    const distances = tables.relativeKeys ? (tables.relativeKeys.rows as number) : null
    const c: OpCase = {
      symbols: { T: queries.total, S, B },
      inputs: {
        q: floats(random, 'T', queries.total, width),
        k: floats(random, 'S', S, width),
        v: floats(random, 'S', S, width),
        queries: whole('B', 2, queries.spans),
        keys: whole(
          'B',
          2,
          keys.spans.map((row) => row + spare),
        ),
        dz: floats(random, 'T', queries.total, width),
        seed: dropout ? randomSeed(random) : null,
        ...tables,
        dRelativeKeys: distances ? floats(random, distances, distances, dHead) : null,
        dRelativeValues: distances ? floats(random, distances, distances, dHead) : null,
      },
      attributes: {
        heads,
        scale: random.pick([1, 0.25]),
        causal,
        every: random.pick([1, 1, 2, 3, 9]),
        dropout,
        site: random.integer(0, 500),
      },
    }
    c.inputs.distanceBias = distanceBias(random, heads)
    c.inputs.at = places(random, B)
    return c
  },
  reference: (c) => attentionGradients(c).gradients,
  terms: (c) => attentionGradients(c).terms,
  // One weight is nearly 1 and its value's gradient some hundreds, the gradients of the scores are small.
  seeds: [-1962922095],
}
