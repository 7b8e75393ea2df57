import { afterAll, describe, expect, it } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { packedViews } from '#dist/engine/backend/interface/packed.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { javascriptPacking } from '#dist/engine/weights/pack.js'
import { nativeReasons, testedIsas, wasmBackends } from '../backends.ts'
import { encodedStore } from '../engine/program/encoded-store.ts'
import { Random } from '../engine/program/random-operands.ts'
import { makePlayer } from './tiny-program.ts'

const { fround } = Math
const shapes = [
  { outputs: 24, inputs: 64, parts: 3 },
  { outputs: 130, inputs: 130, parts: 1 },
  { outputs: 33, inputs: 17, parts: 1 },
]
const ROWS = 37
const INPUT = fround(21.5)

/** The largest integers of weights at every 16 inputs in turn. Two products with 254 fit 16 bits where they are at most 64. */
const BOUNDS = [127, 64, 65, 20]

/**
 * Weights with so large integers that many sums of two products do not fit 16 bits, beside smaller ones, and a linear with
 * all of its epilogue.
 */
function productOf({ outputs, inputs, parts }: (typeof shapes)[number], withBias: boolean) {
  const random = new Random(outputs + inputs)
  const store = encodedStore('int8', {
    weight: { rows: outputs, width: inputs, values: new Float32Array(outputs * inputs) },
  })
  const bounds = (at: number) => BOUNDS[Math.floor((at % inputs) / 16) % BOUNDS.length]
  const values = Int8Array.from({ length: outputs * inputs }, (_, at) => random.integer(-bounds(at), bounds(at)))
  const ofParts = Array.from({ length: parts }, (_, i) => fround(150.25 + 10 * i))
  const packed = packedViews(store.values, store.place('weight'))!
  if (packed.encoding !== 'int8') throw new Error('int8 was asked for')
  const scales = Float32Array.from({ length: outputs }, (_, i) => 1 / ofParts[Math.floor((i * parts) / outputs)])
  javascriptPacking.packQuantized(packed, 0, { values, scales })
  packed.multipliers.set([INPUT, parts, ...ofParts])
  const arrays = {
    x: random.floats(ROWS * inputs),
    bias: random.floats(outputs),
    residual: random.floats(ROWS * outputs),
  }
  arrays.x[3 * inputs + 1] = Number.POSITIVE_INFINITY
  const p = new Program('linear', store)
  const bias = withBias ? { bias: p.input('bias', 1, outputs) } : {}
  const operands = { x: p.input('x', 'S', inputs), ...bias, residual: p.input('residual', 'S', outputs) }
  p.output(linear(p, { ...operands, weight: p.weight('weight') }, { activation: 'relu', scale: 1 })[0], 'y')
  const play = (player: Player, S: number) => {
    const y = new Float32Array(S * outputs)
    new LoadedProgram(player, p).play({ S }, { ...arrays, y })
    return y
  }
  return { play, arrays, values, ofParts }
}

/** intgemm's computation, written a second time: y [rows, outputs]. */
function plain(
  { outputs, inputs, parts }: (typeof shapes)[number],
  product: ReturnType<typeof productOf>,
  withBias: boolean,
) {
  const { arrays, values, ofParts } = product
  const y: number[] = []
  for (let row = 0; row < ROWS; row++) {
    const x = [...arrays.x.subarray(row * inputs, (row + 1) * inputs)]
    const bytes = x.map((value) => {
      const scaled = fround(value * INPUT)
      const down = Math.floor(scaled)
      const rounded = scaled - down > 0.5 || (scaled - down === 0.5 && down % 2) ? down + 1 : down
      return Math.min(127, Math.max(-127, rounded)) + 127
    })
    for (let o = 0; o < outputs; o++) {
      const weights = values.subarray(o * inputs, (o + 1) * inputs)
      let sum = 0
      for (let k = 0; k < inputs; k += 2)
        sum += Math.min(32767, Math.max(-32768, bytes[k] * weights[k] + (bytes[k + 1] ?? 0) * (weights[k + 1] ?? 0)))
      const multiplier = ofParts[Math.floor((o * parts) / outputs)]
      const off = fround(-fround(fround(127 / INPUT) * fround(127 / multiplier)) / 127)
      const total = fround(weights.reduce((a, b) => a + b, 0))
      const added = fround(fround(total * off) + (withBias ? arrays.bias[o] : 0))
      const output = fround(fround(sum * fround(1 / fround(INPUT * multiplier))) + added)
      const all = x.every(Number.isFinite) ? Math.max(0, output) : Number.NaN
      y.push(fround(all + arrays.residual[row * outputs + o]))
    }
  }
  return Float32Array.from(y)
}

describe('products of int8 weights with multipliers', () => {
  const native = nativeReasons.length ? [] : testedIsas
  const players = [
    ...native.map((isa) => ({ isa, player: makePlayer({ isa, threads: 1 }) as Player })),
    ...wasmBackends.map(({ name, make }) => ({ isa: name, player: make() })),
  ]
  afterAll(() => {
    for (const { player } of players) player.close()
  })
  it.each(shapes.flatMap((shape) => [true, false].map((withBias) => [shape, withBias] as const)))(
    'have the bits of intgemm: %o, with a bias: %s',
    (shape, withBias) => {
      const product = productOf(shape, withBias)
      const expected = plain(shape, product, withBias)
      expect(product.play(new JsPlayer(), ROWS)).toEqual(expected)
      for (const { isa, player } of players)
        for (const S of [1, 5, ROWS])
          expect(product.play(player, S), `${isa}, ${S} rows`).toEqual(expected.subarray(0, S * shape.outputs))
    },
  )
})
