import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OpCase, type Random } from '../engine/program/random-operands.ts'

/** Random rows beside a random codebook of some blocks. */
export function randomCodebook(random: Random): OpCase {
  const [S, blocks, entries] = [random.rows(), random.pick([1, 1, 2, 3]), random.pick([1, 2, 3, 5, 9, 32])]
  const width = random.width()
  return {
    symbols: { S },
    inputs: {
      x: floats(random, 'S', S, blocks * width),
      codebook: floats(random, blocks * entries, blocks * entries, width),
    },
    attributes: { blocks },
  }
}

/** The nearest entry of each block to a row: its number, its values, and its squared distance. */
export function plainNearest(row: number[], codebook: number[][], blocks: number) {
  const [entries, width] = [codebook.length / blocks, row.length / blocks]
  return Array.from({ length: blocks }, (_, block) => {
    const own = row.slice(block * width, (block + 1) * width)
    const distances = codebook
      .slice(block * entries, (block + 1) * entries)
      .map((entry) => entry.reduce((sum, value, i) => sum + (value - own[i]) ** 2, 0))
    const code = distances.indexOf(Math.min(...distances))
    return { code, entry: codebook[block * entries + code], distance: distances[code] }
  })
}

export const op: OpTest = {
  case: randomCodebook,
  reference({ inputs, attributes }) {
    const [x, codebook] = [rowsOf(inputs.x!), rowsOf(inputs.codebook!)]
    const found = x.map((row) => plainNearest(row, codebook, attributes.blocks as number))
    return [
      found.flatMap((row) => row.flatMap(({ entry }) => entry)),
      found.flatMap((row) => row.map(({ code }) => code)),
      found.map((row, s) => row.reduce((sum, { distance }) => sum + distance, 0) / x[s].length),
    ]
  },
  slopesOf: ({ inputs }) => rowsOf(inputs.x!).flat(),
}
