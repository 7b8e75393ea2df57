import { addTo, rowsOf, zeros } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OpCase } from '../engine/program/random-operands.ts'
import { scoreGradients } from './attention-gradient.ts'
import { bothSets, sideCase } from './side-attention.ts'

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

export const op: OpTest = {
  case(random) {
    const c = sideCase(random)
    const { rows, width } = c.inputs.q!
    c.inputs.dz = floats(random, rows as string, c.symbols.T, width)
    return c
  },
  reference: (c) => sideGradients(c).gradients,
  terms: (c) => sideGradients(c).terms,
}
