import { dot, logSoftmax, rowsOf, sum } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OpCase, type Random, sentences, whole } from '../engine/program/random-operands.ts'

/** Scores of some layers side by side, of sentences of which some are empty. */
function randomRouters(random: Random): OpCase {
  const [experts, layers, B] = [random.pick([1, 2, 3, 8, 17]), random.pick([1, 2, 3]), random.pick([0, 1, 2, 5])]
  const { spans, total } = sentences(random, B, 30)
  return {
    symbols: { S: total, B },
    inputs: { scores: floats(random, 'S', total, layers * experts), spans: whole('B', 2, spans) },
    attributes: { experts, k: random.integer(1, experts), balance: random.pick([0, 0.5]), z: random.pick([0, 0.3]) },
  }
}

/** The rows of a sentence in all layers: f, and of each row the softmax, log Σ exp, and where it is. */
function plainRouters({ inputs, attributes }: OpCase) {
  const { experts, k } = attributes as { experts: number; k: number }
  const all = rowsOf(inputs.scores!)
  return rowsOf(inputs.spans!).map(([begin, end]) => {
    const rows = all.slice(begin, end).flatMap((row, i) =>
      Array.from({ length: row.length / experts }, (_, layer) => {
        const scores = row.slice(layer * experts, (layer + 1) * experts)
        const p = logSoftmax(scores).map(Math.exp)
        return { row: begin + i, layer, scores, p, lse: scores[0] - logSoftmax(scores)[0] }
      }),
    )
    const isBest = (scores: number[], e: number) =>
      scores.filter((score, other) => score > scores[e] || (score === scores[e] && other < e)).length < k
    const f = Array.from({ length: experts }, (_, e) =>
      rows.length ? rows.filter(({ scores }) => isBest(scores, e)).length / rows.length : 0,
    )
    return { rows, f }
  })
}

export const routerLoss: OpTest = {
  case: randomRouters,
  reference(c) {
    const { experts, balance, z } = c.attributes as Record<'experts' | 'balance' | 'z', number>
    const found = plainRouters(c)
    const rows = found.flatMap((sentence) => sentence.rows)
    const balances = found.map(({ rows: own, f }) =>
      sum(f.map((share, e) => (own.length ? (share * sum(own.map(({ p }) => p[e]))) / own.length : 0))),
    )
    const squares = sum(rows.map(({ lse }) => lse ** 2)) / Math.max(1, rows.length)
    return [[(balance * experts * sum(balances)) / Math.max(1, found.length) + z * squares]]
  },
  freeWidths: ['scores'],
}

export const routerLossGradient: OpTest = {
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
