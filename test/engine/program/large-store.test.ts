import { expect, it } from 'vitest'
import type { WeightStore } from '#dist/engine/backend/interface/backend.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { backends } from '../../backends.ts'

const OUTPUTS = 16
const WIDTH = 2
/** Half of the weight lies before this index, half after it. */
const MIDDLE = 2 ** 31

/** 8 GB of zeros, of which only touched pages exist, and a weight of ones; null if there is no room for them. */
function largeStore(): WeightStore | null {
  const offset = MIDDLE - (OUTPUTS * WIDTH) / 2
  try {
    const values = new Float32Array(MIDDLE + OUTPUTS * WIDTH)
    values.fill(1, offset, offset + OUTPUTS * WIDTH)
    return { values, place: () => ({ offset, rows: OUTPUTS, width: WIDTH, encoding: 'float32' }) }
  } catch {
    return null
  }
}

const store = largeStore()

it.for(backends)('a weight may lie anywhere in a store of more than 2³¹ values, $name', ({ make }, { skip }) => {
  if (!store) return skip('there is no room for 8 GB of addresses')
  const p = new Program('large', store)
  const x = p.input('x', 'S', WIDTH)
  p.output(linear(p, { x, weight: p.weight('weight') }, { activation: 'none', scale: 1 })[0], 'y')
  const player = make()
  const y = new Float32Array(5 * OUTPUTS)
  new LoadedProgram(player, p).play({ S: 5 }, { x: new Float32Array(5 * WIDTH).fill(1), y })
  player.close()
  expect(y).toEqual(new Float32Array(5 * OUTPUTS).fill(WIDTH))
})
