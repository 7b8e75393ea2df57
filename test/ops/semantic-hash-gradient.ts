import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OpCase } from '../engine/program/random-operands.ts'
import { randomHash, softOf } from './semantic-hash.ts'

const STEP = 1e-5

/** The soft values of a case whose x is moved. */
const moved = (c: OpCase, by: number): number[] => {
  const x = c.inputs.x!
  const data = Float64Array.from(x.data, (value) => value + by) as unknown as Float32Array
  return softOf({ ...c, inputs: { ...c.inputs, x: { ...x, data } } })
}

export const op: OpTest = {
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
