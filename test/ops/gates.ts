import { erf, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OpCase, type Random } from '../engine/program/random-operands.ts'

/** Random scores of experts, with and without noise. */
function randomGates(random: Random): OpCase {
  const [S, experts] = [random.rows(), random.pick([1, 2, 3, 8, 17])]
  const hasNoise = random.next() < 0.6
  return {
    symbols: { S },
    inputs: {
      clean: floats(random, 'S', S, experts),
      deviation: hasNoise ? floats(random, 'S', S, experts) : null,
      noise: hasNoise ? floats(random, 'S', S, experts) : null,
    },
    attributes: { k: random.integer(1, experts), overAll: random.next() < 0.4 },
  }
}

const deviationOf = (value: number) => Math.log1p(Math.exp(value)) + 1e-2

/** The scores of one row with their noise, where they have any. */
const noisyScores = (clean: number[], deviation: number[] | null, noise: number[] | null): number[] =>
  clean.map((value, e) => value + (deviation ? noise![e] * deviationOf(deviation[e]) : 0))

/** Gates and load of one row, by the formulas. */
function plainGates(clean: number[], deviation: number[] | null, noise: number[] | null, { k, overAll }: Attributes) {
  const sigma = deviation?.map(deviationOf)
  const noisy = noisyScores(clean, deviation, noise)
  const order = Array.from(noisy.keys()).sort((a, b) => noisy[b] - noisy[a] || a - b)
  const best = order.slice(0, k)
  const powers = noisy.map((value, e) => (overAll || best.includes(e) ? Math.exp(value - noisy[order[0]]) : 0))
  const total = powers.reduce((a, b) => a + b, 0)
  const gates = powers.map((power, e) => (best.includes(e) ? power / total : 0))
  const load = clean.map((value, e) => {
    if (!sigma || k === clean.length) return best.includes(e) ? 1 : 0
    const threshold = noisy[best.includes(e) ? order[k] : order[k - 1]]
    return (1 + erf((value - threshold) / sigma[e] / Math.SQRT2)) / 2
  })
  return { gates, load }
}

interface Attributes {
  k: number
  overAll: boolean
}

export const gates: OpTest = {
  case: randomGates,
  reference({ inputs, attributes }) {
    const [clean, deviation, noise] = ['clean', 'deviation', 'noise'].map(
      (name) => inputs[name] && rowsOf(inputs[name]),
    )
    const rows = clean!.map((row, s) =>
      plainGates(row, deviation?.[s] ?? null, noise?.[s] ?? null, attributes as unknown as Attributes),
    )
    return [rows.flatMap(({ gates }) => gates), rows.flatMap(({ load }) => load)]
  },
  freeWidths: ['clean'],
}

const STEP = 1e-5

/** Whether two scores of a row lie so near that a step of the differences may exchange them: there is no gradient between. */
function hasTies({ inputs }: OpCase): boolean {
  const [clean, deviation, noise] = ['clean', 'deviation', 'noise'].map((name) => inputs[name] && rowsOf(inputs[name]))
  return clean!.some((row, s) => {
    const scores = noisyScores(row, deviation?.[s] ?? null, noise?.[s] ?? null).sort((a, b) => b - a)
    return scores.some((score, i) => i > 0 && scores[i - 1] - score < 20 * STEP)
  })
}

export const gatesGradient: OpTest = {
  case(random) {
    let c = randomGates(random)
    while (hasTies(c)) c = randomGates(random)
    const { S } = c.symbols
    const { width } = c.inputs.clean!
    c.inputs.dGates = floats(random, 'S', S, width)
    c.inputs.dLoad = random.next() < 0.7 ? floats(random, 'S', S, width) : null
    return c
  },
  /** Central differences of Σ gates · dGates + Σ load · dLoad, row by row. */
  reference({ inputs, attributes }) {
    const [clean, deviation, noise, dGates, dLoad] = ['clean', 'deviation', 'noise', 'dGates', 'dLoad'].map(
      (name) => inputs[name] && rowsOf(inputs[name]),
    )
    const given = attributes as { k: number; overAll: boolean }
    const slope = (of: 'clean' | 'deviation', s: number, e: number) => {
      const moved = (by: number) => {
        const at = { clean: clean![s].slice(), deviation: deviation?.[s].slice() ?? null }
        at[of]![e] += by
        const { gates, load } = plainGates(at.clean, at.deviation, noise?.[s] ?? null, given)
        return gates.reduce((sum, gate, i) => sum + gate * dGates![s][i] + load[i] * (dLoad?.[s][i] ?? 0), 0)
      }
      return (moved(STEP) - moved(-STEP)) / (2 * STEP)
    }
    const all = (of: 'clean' | 'deviation') => clean!.flatMap((row, s) => row.map((_, e) => slope(of, s, e)))
    return [all('clean'), ...(deviation ? [all('deviation')] : [])]
  },
  freeWidths: ['clean'],
}
