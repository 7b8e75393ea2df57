import { afterAll, describe, it } from 'vitest'
import type { Player, TensorArray } from '#dist/engine/backend/interface/backend.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { nativeBackends, nativeReasons } from '../../backends.ts'
import { casesOf } from '../../share.ts'
import { expectSameBits } from './expect-same-bits.ts'
import { opTests } from './op-tests.ts'
import { playCase } from './play-case.ts'
import { type OpCase, Random } from './random-operands.ts'
import { partsOf } from './row-parts.ts'

/**
 * The computations of inference other than products with weights. If those are exact, in int8, whole translations are
 * equal to the bit. (The case of candidates has a projection whose sums are exact.)
 */
const ops = Object.keys(partsOf)

const CASES = casesOf(200)
const PARTS = 4
const ROUGH = [0, -0, NaN, Infinity, -Infinity, 1e-40, -1e-30, 1e30, -90, 88.7]

/**
 * A case of the op as in inference; every third has numbers that are critical for kernels, unless its sums must be
 * exact.
 */
function caseOf(name: string, seed: number): OpCase {
  const random = new Random(seed)
  const { symbols, inputs, attributes } = opTests[name].case(random)
  if (seed % 3 === 0 && name !== 'candidates')
    for (const operand of Object.values(inputs))
      if (operand?.data instanceof Float32Array)
        for (let i = 0; i < operand.data.length; i++) if (random.next() < 0.02) operand.data[i] = random.pick(ROUGH)
  if (!('seed' in inputs)) return { symbols, inputs, attributes }
  return { symbols, inputs: { ...inputs, seed: null }, attributes: { ...attributes, dropout: 0 } }
}

/** Every NaN becomes the same one. */
const withOneNaN = (array: TensorArray) => array.map((value) => (Number.isNaN(value) ? NaN : value))

const play = (player: Player, name: string, opCase: OpCase) =>
  Object.values(playCase(player, opTable.get(name)!, opCase).arrays).map(withOneNaN)

describe.skipIf(nativeReasons.length)('the bits of a result', () => {
  const players = nativeBackends.map(({ name, make }) => ({ name, player: make() }))
  afterAll(() => players.forEach(({ player }) => void player.close()))

  it.each(ops)('%s: the same on every instruction set, on one thread and on two', (name) => {
    for (let seed = 0; seed < CASES; seed++) {
      const opCase = caseOf(name, seed)
      const [first, ...others] = players.map(({ player }) => play(player, name, opCase))
      others.forEach((arrays, i) => expectSameBits(arrays, first, `seed ${seed}, ${players[i + 1].name}`))
    }
  })

  describe.each(players)('on $name', ({ player }) => {
    it.each(ops)('%s: the same for a row or sentence alone as among others', (name) => {
      for (let seed = 0; seed < CASES; seed++) {
        const opCase = caseOf(name, seed)
        const whole = play(player, name, opCase)
        const random = new Random(seed)
        const parts = partsOf[name](opCase)
        for (let count = Math.min(PARTS, parts.length); count > 0; count--) {
          const { alone, values } = random.pick(parts)
          const expected = whole.map((array, i) => array.slice(...values[i]))
          expectSameBits(play(player, name, alone), expected, `seed ${seed}`)
        }
      }
    })
  })
})
