import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats } from '../engine/program/random-operands.ts'
import { plainGates, randomGates } from './gates.ts'

const STEP = 1e-5

export const op: OpTest = {
  case(random) {
    const c = randomGates(random)
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
