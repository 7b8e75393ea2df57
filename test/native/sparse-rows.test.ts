import { afterAll, describe, expect, it } from 'vitest'
import type { Encoding, Player, WeightStore } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { loadAddon } from '#dist/engine/backend/native/addon.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { nativeReasons } from '../backends.ts'
import { encodedStore } from '../engine/program/encoded-store.ts'
import { expectSameBits } from '../engine/program/expect-same-bits.ts'
import { Random } from '../engine/program/random-operands.ts'
import { makePlayer, ops } from './tiny-program.ts'

/**
 * Whole panels, as many as a row is multiplied with at a time, and some left over; lines that are and are not a
 * multiple of the vectors.
 */
const shapes = [
  { outputs: 256, inputs: 1024 },
  { outputs: 70, inputs: 300 },
  { outputs: 20, inputs: 64 },
  { outputs: 64, inputs: 2100 },
].map((shape) => ({ ...shape, fromMemory: false }))
/** More weights than caches keep, so that rows prefetch. */
const cases = [...shapes, { ...shapes[0], fromMemory: true }]
const MORE_THAN_CACHES_KEEP = 8_000_001
const ROWS = 70
/** Rows that are sparse together, or not. */
const TOGETHER = 16
/** Shares of numbers that are not 0: from none at all to more than a row may have that skips zeros. */
const shares = [0, 0.001, 0.01, 0.03, 0.07, 0.1, 0.2, 0.5]

/** Rows [ROWS, inputs] like the output of relu; with `signs` some of the nonzero numbers are negative. */
function sparseRows(random: Random, inputs: number, signs: boolean): Float32Array {
  const share = Array.from({ length: ROWS }, () => random.pick(shares))
  return random.floats(ROWS * inputs).map((value, i) => {
    if (random.next() >= share[Math.floor(i / inputs)]) return 0
    return signs ? value : Math.abs(value)
  })
}

/** The same rows, each after so many rows without zeros that none of them counts as sparse. */
function amongOthers(random: Random, rows: Float32Array, inputs: number): Float32Array {
  const all = random.floats(ROWS * TOGETHER * inputs)
  for (let row = 0; row < ROWS; row++) {
    const at = (row * TOGETHER + TOGETHER - 1) * inputs
    all.set(rows.subarray(row * inputs, (row + 1) * inputs), at)
  }
  return all
}

type Outputs = Float32Array[]

/** Rows x times a weight: with bias and residual, and with a scale and an activation. */
function productOf(encoding: Encoding, { outputs, inputs, fromMemory }: (typeof cases)[number]) {
  const random = new Random(outputs)
  const weight = { rows: outputs, width: inputs, values: random.floats(outputs * inputs) }
  const packed = encodedStore(encoding, { weight })
  const values = fromMemory ? new Float32Array(MORE_THAN_CACHES_KEEP) : packed.values
  values.set(packed.values)
  const weights: WeightStore = { values, place: packed.place }
  const bias = random.floats(outputs)
  const p = new Program('linear', weights)
  const x = p.input('x', 'S', inputs)
  const ended = {
    x,
    weight: p.weight('weight'),
    bias: p.input('bias', 1, outputs),
    residual: p.input('more', 'S', outputs),
  }
  p.output(linear(p, ended, { activation: 'none', scale: 1 })[0], 'y')
  p.output(linear(p, { x, weight: p.weight('weight') }, { activation: 'relu', scale: 0.3 })[0], 'z')
  return (player: Player, x: Float32Array): Outputs => {
    const S = x.length / inputs
    const [y, z] = [0, 1].map(() => new Float32Array(S * outputs))
    const more = Float32Array.from({ length: S * outputs }, (_, i) => 3 * bias[i % outputs])
    new LoadedProgram(player, p).play({ S }, { x, bias, more, y, z })
    return [y, z]
  }
}

describe.skipIf(nativeReasons.length)('rows that are mostly zeros', () => {
  const isas = nativeReasons.length ? [] : loadAddon(ops).info.isas
  const players = isas.flatMap((isa) =>
    [1, 2].map((threads) => ({ isa, threads, player: makePlayer({ isa, threads }) })),
  )
  afterAll(() => {
    for (const { player } of players) player.close()
  })

  it.each([false, true])('in int8 have the same bits as in JavaScript; with negative numbers: %s', (signs) => {
    for (const shape of cases) {
      const product = productOf('int8', shape)
      const x = sparseRows(new Random(3), shape.inputs, signs)
      const js = new JsPlayer()
      for (const S of [1, 2, 3, 5, TOGETHER, TOGETHER + 1, ROWS]) {
        const rows = x.subarray(0, S * shape.inputs)
        const expected = product(js, rows)
        for (const { isa, threads, player } of players)
          expectSameBits(product(player, rows), expected, `${isa}, ${threads} threads, ${S} × ${shape.inputs}`)
      }
    }
  })

  it.each(['int8', 'int4', 'bfloat16', 'float32panels'] as const)(
    'in %s have the bits that they have among others, which skip nothing',
    (encoding) => {
      for (const shape of cases) {
        const random = new Random(4)
        const product = productOf(encoding, shape)
        const x = sparseRows(random, shape.inputs, false)
        const others = amongOthers(random, x, shape.inputs)
        for (const { isa, threads, player } of players) {
          const [found, among] = [product(player, x), product(player, others)]
          const own = (values: Float32Array) =>
            values.filter((_, i) => Math.floor(i / shape.outputs) % TOGETHER === TOGETHER - 1)
          const what = `${isa}, ${threads} threads, ${shape.inputs} → ${shape.outputs}`
          expectSameBits(found, among.map(own), what)
        }
      }
    },
  )

  it('with only zeros have bias and residual alone', () => {
    for (const encoding of ['int8', 'int4', 'bfloat16', 'float32panels'] as const) {
      const product = productOf(encoding, shapes[1])
      for (const { isa, player } of players) {
        const [y, z] = product(player, new Float32Array(3 * shapes[1].inputs))
        expect(z, isa).toEqual(new Float32Array(z.length))
        expect(y.subarray(0, shapes[1].outputs), isa).toEqual(y.subarray(-shapes[1].outputs))
      }
    }
  })
})
