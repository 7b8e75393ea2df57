import { afterAll, describe, expect, it } from 'vitest'
import type { Encoding, Player, TensorArray } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { candidates } from '#dist/engine/program/ops/candidates.js'
import { layerNorm } from '#dist/engine/program/ops/layer-norm.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { nativeReasons, testedIsas } from '../backends.ts'
import { encodedStore } from '../engine/program/encoded-store.ts'
import { Random } from '../engine/program/random-operands.ts'
import { casesOf } from '../share.ts'
import { makePlayer } from './tiny-program.ts'

/**
 * Sizes around whole panels, tiles and steps of the depth; and a row longer than the part that is prepared at a time.
 */
const shapes = [
  ...[1, 15, 16, 17, 130].flatMap((outputs) => [1, 63, 64, 65, 130].map((inputs) => ({ outputs, inputs }))),
  { outputs: 300, inputs: 512 },
  { outputs: 20, inputs: 9000 },
]
/**
 * Every way to divide rows into tiles; a number of rows that threads which share the outputs prepare together; and more
 * rows than are prepared at a time, enough for threads to share them.
 */
const rowCounts = (inputs: number) => [
  ...Array.from({ length: 17 }, (_, i) => i + 1),
  ...(inputs < 1000 ? [31, 32, 33, 49, 100, 129, 700].filter((rows) => rows <= Math.max(33, casesOf(700))) : []),
]

type Shape = (typeof shapes)[number]

const bytes = ({ buffer, byteOffset, byteLength }: TensorArray) => Buffer.from(buffer, byteOffset, byteLength)

/** Expects every bit of `actual` to equal that of `expected`, which may be longer. */
function expectPrefix(actual: TensorArray, expected: TensorArray, what: string): void {
  expect(bytes(actual).equals(bytes(expected.subarray(0, actual.length))), what).toBe(true)
}

/** Runs linear with bias, activation, scale and residual for the first rows of the same x. */
function linearOf(encoding: Encoding, { outputs, inputs }: Shape) {
  const random = new Random(outputs + inputs)
  const weight = { rows: outputs, width: inputs, values: random.floats(outputs * inputs) }
  const bias = { rows: 1, width: outputs, values: random.floats(outputs) }
  const weights = encodedStore(encoding, { weight })
  const most = rowCounts(inputs).at(-1)!
  const arrays = { x: random.floats(most * inputs), bias: bias.values, residual: random.floats(most * outputs) }
  const p = new Program('linear', weights)
  const operands = { x: p.input('x', 'S', inputs), bias: p.input('bias', 1, outputs) }
  const residual = p.input('residual', 'S', outputs)
  const attributes = { activation: 'relu', scale: 0.3 } as const
  p.output(linear(p, { ...operands, residual, weight: p.weight('weight') }, attributes)[0], 'y')
  return (player: Player) => {
    const loaded = new LoadedProgram(player, p)
    return (S: number) => {
      const y = new Float32Array(S * outputs)
      loaded.play({ S }, { ...arrays, y })
      return y
    }
  }
}

/**
 * Runs feed-forward layers one after the other, all rows of which threads may compute without waiting for each other.
 * Each tensor takes the memory of an earlier one that is wider or narrower.
 */
function layersOf(encoding: Encoding) {
  const random = new Random(7)
  const widths = { model: 70, inner: 300 }
  const norm = (i: number) => [`gamma${i}`, `beta${i}`]
  const matrix = (rows: number, width: number) => ({ rows, width, values: random.floats(rows * width) })
  const layers = [0, 1, 2]
  const given = layers.flatMap((i) => [
    [`up${i}`, matrix(widths.inner, widths.model)] as const,
    [`down${i}`, matrix(widths.model, widths.inner)] as const,
    ...norm(i).map((name) => [name, { ...matrix(1, widths.model), encoding: 'float32' as const }] as const),
  ])
  const weights = encodedStore(encoding, Object.fromEntries(given))
  const p = new Program('layers', weights)
  let x = p.input('x', 'S', widths.model)
  for (const i of layers) {
    const [inner] = linear(p, { x, weight: p.weight(`up${i}`) }, { activation: 'relu', scale: 0.1 })
    const [sum] = linear(p, { x: inner, weight: p.weight(`down${i}`), residual: x }, { activation: 'none', scale: 0.1 })
    const [gamma, beta] = norm(i).map((name) => p.weight(name))
    x = layerNorm(p, { x: sum, gamma, beta }, { epsilon: 1e-5 })[0]
  }
  p.output(x, 'y')
  const values = random.floats(700 * widths.model)
  return (player: Player) => {
    const loaded = new LoadedProgram(player, p)
    return (S: number) => {
      const y = new Float32Array(S * widths.model)
      loaded.play({ S }, { x: values, y })
      return y
    }
  }
}

describe.skipIf(nativeReasons.length)('products with encoded weights', () => {
  const players = testedIsas.map((isa) => ({ isa, ways: [1, 2].map((threads) => makePlayer({ isa, threads })) }))
  const js = new JsPlayer()
  afterAll(() => {
    for (const { ways } of players) for (const player of ways) player.close()
  })

  it('in int8 have the same bits on every instruction set and in JavaScript, for any number of rows and threads', () => {
    for (const shape of shapes) {
      const play = linearOf('int8', shape)
      const counts = rowCounts(shape.inputs)
      const expected = play(js)(counts.at(-1)!)
      for (const { isa, ways } of players)
        for (const player of ways) {
          const rows = play(player)
          for (const S of counts) expectPrefix(rows(S), expected, `${isa} ${S} × ${shape.inputs} → ${shape.outputs}`)
        }
    }
  })

  it('in float32 panels have the same bits on every instruction set, for any number of rows and threads', () => {
    for (const shape of shapes) {
      const play = linearOf('float32panels', shape)
      const counts = rowCounts(shape.inputs)
      const expected = play(players[0].ways[0])(counts.at(-1)!)
      for (const { isa, ways } of players)
        for (const player of ways) {
          const rows = play(player)
          for (const S of counts) expectPrefix(rows(S), expected, `${isa} ${S} × ${shape.inputs} → ${shape.outputs}`)
        }
    }
  })

  it('in bfloat16 have the same bits for any number of rows and threads', () => {
    for (const shape of shapes) {
      const play = linearOf('bfloat16', shape)
      const counts = rowCounts(shape.inputs)
      for (const { isa, ways } of players) {
        const expected = play(ways[0])(counts.at(-1)!)
        for (const player of ways) {
          const rows = play(player)
          for (const S of counts) expectPrefix(rows(S), expected, `${isa} ${S} × ${shape.inputs} → ${shape.outputs}`)
        }
      }
    }
  })

  it.each(['int8', 'int4', 'bfloat16', 'float32panels'] as const)(
    'in %s one after the other have the same bits on two threads',
    (encoding) => {
      const play = layersOf(encoding)
      for (const { isa, ways } of players) {
        const [one, two] = ways.map(play)
        const expected = one(700)
        for (const S of [1, 2, 31, 32, 33, 100, 129, 700])
          for (let i = 0; i < 3; i++) expectPrefix(two(S), expected, `${isa}, ${S} rows`)
      }
    },
  )

  it('in int8 turn a row with infinities or NaN into NaN, and leave the other rows unchanged', () => {
    const width = 70
    const weight = { rows: 20, width, values: new Random(1).floats(20 * width) }
    const weights = encodedStore('int8', { weight })
    const x = new Random(2).floats(4 * width)
    const clean = x.slice()
    x.fill(0, width, 2 * width) // as after relu
    x[width + 69] = NaN
    x[2 * width + 3] = -Infinity
    const p = new Program('linear', weights)
    const attributes = { activation: 'none', scale: 1 } as const
    p.output(linear(p, { x: p.input('x', 'S', width), weight: p.weight('weight') }, attributes)[0], 'y')
    const of = (player: Player, x: Float32Array) => {
      const y = new Float32Array(4 * 20)
      new LoadedProgram(player, p).play({ S: 4 }, { x, y })
      return y
    }
    const expected = of(js, clean).fill(NaN, 20, 60)
    for (const player of [js, ...players.flatMap(({ ways }) => ways)]) expect(of(player, x)).toEqual(expected)
  })

  it.each(['int8', 'int4', 'bfloat16', 'float32panels'] as const)(
    'candidates of a vocabulary in %s have the same bits for any number of rows and threads',
    (encoding) => {
      const [width, vocabulary, most, best] = [40, 1300, 300, 3]
      const random = new Random(5)
      const weight = { rows: vocabulary, width, values: random.floats(vocabulary * width) }
      const weights = encodedStore(encoding, { weight })
      const x = random.floats(most * width)
      const p = new Program('candidates', weights)
      const inputs = { x: p.input('x', 'R', width), weight: p.weight('weight') }
      const edits = { edits: p.input('edits', 'E', 3, 'int32'), values: p.input('values', 'E', 1) }
      const [scores, ids] = candidates(p, { ...inputs, ...edits }, { normalize: 'before', scale: 0.7 })
      p.output(scores, 'scores')
      p.output(ids, 'ids')
      const bestOf = (player: Player, R: number) => {
        const C = R * best
        const outputs = { scores: new Float32Array(C), ids: new Int32Array(C) }
        const nothing = { edits: new Int32Array(0), values: new Float32Array(0) }
        new LoadedProgram(player, p).play({ R, E: 0, C }, { x, ...nothing, ...outputs })
        return outputs
      }
      for (const { isa, ways } of players) {
        const expected = bestOf(ways[0], most)
        for (const player of ways)
          for (const R of [1, 2, 7, 8, 9, 257, most]) {
            const found = bestOf(player, R)
            expectPrefix(found.scores, expected.scores, `${isa} ${R} rows`)
            expectPrefix(found.ids, expected.ids, `${isa} ${R} rows`)
          }
      }
    },
  )
})
