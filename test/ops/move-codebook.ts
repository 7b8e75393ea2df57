import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { integers, whole } from '../engine/program/random-operands.ts'
import { quantize } from './quantize.ts'

export const moveCodebook: OpTest = {
  case(random) {
    const c = quantize.case(random)
    const { S } = c.symbols
    const blocks = c.attributes.blocks as number
    const { rows, width } = c.inputs.codebook!
    const count = rows as number
    const positive = random.floats(count).map((value) => Math.abs(value) + 0.1)
    return {
      symbols: c.symbols,
      inputs: {
        x: c.inputs.x,
        codes: whole('S', blocks, integers(random, S * blocks, 0, count / blocks - 1)),
        counts: whole(count, 1, positive),
        sums: whole(count, width, random.floats(count * width)),
        codebook: whole(count, width, random.floats(count * width)),
      },
      attributes: { blocks, decay: random.pick([0.9, 0.99]), epsilon: 1e-5 },
    }
  },
  /** In the order of the operands that are written: counts, sums, codebook. */
  reference({ inputs, attributes }) {
    const { blocks, decay, epsilon } = attributes as Record<string, number>
    const [x, codes, counts, sums] = ['x', 'codes', 'counts', 'sums'].map((name) => rowsOf(inputs[name]!))
    const [entries, width] = [counts.length / blocks, sums[0].length]
    const chosenBy = counts.map((_, e) => {
      const [block, code] = [Math.floor(e / entries), e % entries]
      return x.filter((_, s) => codes[s][block] === code).map((row) => row.slice(block * width, (block + 1) * width))
    })
    const moved = counts.map(([count], e) => decay * count + (1 - decay) * chosenBy[e].length)
    const movedSums = sums.map((sum, e) =>
      sum.map((value, i) => decay * value + (1 - decay) * chosenBy[e].reduce((all, row) => all + row[i], 0)),
    )
    const codebook = movedSums.flatMap((sum, e) => {
      const first = Math.floor(e / entries) * entries
      const all = moved.slice(first, first + entries).reduce((a, b) => a + b, 0)
      const count = ((moved[e] + epsilon) / (all + entries * epsilon)) * all
      return sum.map((value) => value / count)
    })
    return [moved, movedSums.flat(), codebook]
  },
}
