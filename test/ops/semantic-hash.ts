import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, integers, type OpCase, type Random, whole } from '../engine/program/random-operands.ts'

/** Where soft values stop to change with u: they have no one slope there, and differences of neighbors tell none. */
const KINK = Math.log(11)
const BESIDE = 0.01

function randomHash(random: Random): OpCase {
  const [S, bits] = [random.rows(), random.width()]
  const hasNoise = random.next() < 0.6
  const x = floats(random, 'S', S, bits)
  const noise = hasNoise ? floats(random, 'S', S, bits) : null
  const hard = hasNoise ? whole('S', 1, integers(random, S, 0, 1)) : null
  const found: OpCase = { symbols: { S }, inputs: { x, noise, hard }, attributes: {} }
  for (const [s, row] of noisy(found).entries())
    for (const [i, u] of row.entries())
      if (Math.abs(Math.abs(u) - KINK) < BESIDE) x.data[s * x.baseWidth + x.column + i] += 3 * BESIDE
  return found
}

/** x + noise, row by row. */
const noisy = ({ inputs: { x, noise } }: OpCase): number[][] => {
  const by = noise && rowsOf(noise)
  return rowsOf(x!).map((row, s) => row.map((value, i) => value + (by ? by[s][i] : 0)))
}

const soft = (u: number) => Math.max(0, Math.min(1, 1.2 / (1 + Math.exp(-u)) - 0.1))

/** The soft values, through which gradients go. */
const softOf = (c: OpCase): number[] => noisy(c).flatMap((row) => row.map(soft))

export const semanticHash: OpTest = {
  case: randomHash,
  reference(c) {
    const hard = c.inputs.hard && rowsOf(c.inputs.hard)
    return [noisy(c).flatMap((row, s) => row.map((u) => (hard && !hard[s][0] ? soft(u) : Number(u > 0))))]
  },
  slopesOf: softOf,
  freeWidths: ['x'],
}

const STEP = 1e-5

/** The soft values of a case whose x is moved. */
const moved = (c: OpCase, by: number): number[] => {
  const x = c.inputs.x!
  const data = Float64Array.from(x.data, (value) => value + by) as unknown as Float32Array
  return softOf({ ...c, inputs: { ...c.inputs, x: { ...x, data } } })
}

export const semanticHashGradient: OpTest = {
  case(random) {
    const c = randomHash(random)
    const { hard: _, ...inputs } = c.inputs
    return { ...c, inputs: { ...inputs, dCode: floats(random, 'S', c.symbols.S, inputs.x!.width) } }
  },
  /** Central differences of the soft values, each of which depends on its own x alone. */
  reference(c) {
    const [above, below, dCode] = [moved(c, STEP), moved(c, -STEP), rowsOf(c.inputs.dCode!).flat()]
    return [dCode.map((d, i) => (d * (above[i] - below[i])) / (2 * STEP))]
  },
}
