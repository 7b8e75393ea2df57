import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OpCase, type Random } from '../engine/program/random-operands.ts'

/** Random rows beside a random codebook of some blocks. */
function randomCodebook(random: Random): OpCase {
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
function plainNearest(row: number[], codebook: number[][], blocks: number) {
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

export const quantize: OpTest = {
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

const STEP = 1e-5

export const quantizeGradient: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    const wide = () => floats(random, 'S', S, width)
    const inputs = { x: wide(), quantized: wide(), dQuantized: wide(), dErrors: floats(random, 'S', S, 1) }
    return { symbols: { S }, inputs, attributes: {} }
  },
  /** dQuantized, and central differences of the mean of (x − quantized)² of a row times dErrors. */
  reference({ inputs }) {
    const [x, quantized, dQuantized, dErrors] = ['x', 'quantized', 'dQuantized', 'dErrors'].map((name) =>
      rowsOf(inputs[name]!),
    )
    return [
      x.flatMap((row, s) =>
        row.map((value, i) => {
          const error = (by: number) => (value + by - quantized[s][i]) ** 2 / row.length
          return dQuantized[s][i] + (dErrors[s][0] * (error(STEP) - error(-STEP))) / (2 * STEP)
        }),
      ),
    ]
  },
}
