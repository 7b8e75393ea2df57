import { afterAll, describe, expect, it } from 'vitest'
import type { Player, TensorArray } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { bfloat16Backends, nativeBackends, nativeReasons } from '../backends.ts'
import { playCase } from '../engine/program/play-case.ts'
import { floats, type OpCase, Random, thinned, whole } from '../engine/program/random-operands.ts'

/** Shares of numbers that are not 0: of a model that was trained for a while, for some steps, and not yet. */
const SHARES = [0.02, 0.2, 0.45]

/** Rows of several blocks, with depths and widths around the edges of blocks, panels and tiles. */
const SIZES = [
  { S: 700, inputs: 1601, outputs: 70 },
  { S: 129, inputs: 513, outputs: 128 },
  { S: 1030, inputs: 100, outputs: 143 },
  { S: 300, inputs: 769, outputs: 33 },
  { S: 131, inputs: 500, outputs: 600 },
  { S: 65, inputs: 2100, outputs: 17 },
]

type Sizes = (typeof SIZES)[number]

const weightOf = (random: Random, { inputs, outputs }: Sizes) => whole(outputs, inputs, random.floats(outputs * inputs))

/**
 * Products in which one factor is mostly zeros: those of the second linear of a feed-forward sub-layer, and of the
 * first one's gradients.
 */
const products: Record<string, (random: Random, sizes: Sizes, share: number) => [string, OpCase]> = {
  'its output'(random, sizes, share) {
    const x = thinned(random, share, floats(random, 'S', sizes.S, sizes.inputs))
    const residual = floats(random, 'S', sizes.S, sizes.outputs)
    const inputs = { x, weight: weightOf(random, sizes), bias: null, residual }
    return ['linear', { symbols: { S: sizes.S }, inputs, attributes: { activation: 'none', scale: 1 } }]
  },
  'the gradient of its input'(random, sizes, share) {
    const turned = { ...sizes, inputs: sizes.outputs, outputs: sizes.inputs }
    const dy = thinned(random, share, floats(random, 'S', sizes.S, turned.outputs))
    const inputs = { dy, weight: weightOf(random, turned) }
    return ['linearInputGradient', { symbols: { S: sizes.S }, inputs, attributes: { scale: random.pick([1, 0.5]) } }]
  },
  'the gradient of what relu has left'(random, sizes, share) {
    const x = thinned(random, share, floats(random, 'S', sizes.S, sizes.inputs))
    const dy = floats(random, 'S', sizes.S, sizes.outputs)
    const inputs = { dy, weight: weightOf(random, sizes), x }
    return ['linearInputGradient', { symbols: { S: sizes.S }, inputs, attributes: { scale: random.pick([1, 0.5]) } }]
  },
  'the gradient of its weight, of a sparse input': (random, sizes, share) => weightGradient(random, sizes, share, 1),
  'the gradient of its weight, of a sparse gradient': (random, sizes, share) => weightGradient(random, sizes, 1, share),
}

function weightGradient(random: Random, sizes: Sizes, ofX: number, ofDy: number): [string, OpCase] {
  const { S, inputs, outputs } = sizes
  const operands = {
    x: thinned(random, ofX, floats(random, 'S', S, inputs)),
    dy: thinned(random, ofDy, floats(random, 'S', S, outputs)),
    dWeight: floats(random, outputs, outputs, inputs),
    dBias: null,
  }
  return ['linearWeightGradient', { symbols: { S }, inputs: operands, attributes: { scale: 1 } }]
}

const play = (player: Player, [op, opCase]: [string, OpCase]) =>
  Object.values(playCase(player, opTable.get(op)!, opCase).arrays)

/** Largest difference divided by the largest magnitude; plain loops, since the arrays have up to a million values. */
function difference(actual: readonly TensorArray[], expected: readonly TensorArray[]): number {
  const parts = expected.map((values, i) => {
    let [most, largest] = [0, 0]
    for (let k = 0; k < values.length; k++) {
      // NaN counts as the largest possible difference.
      const off = Math.abs(values[k] - actual[i][k])
      most = Number.isNaN(off) ? Infinity : Math.max(most, off)
      largest = Math.max(largest, Math.abs(values[k]))
    }
    return most / largest
  })
  return Math.max(...parts)
}

describe.skipIf(nativeReasons.length)('products that skip zeros', () => {
  const js = new JsPlayer()

  it.each(Object.entries(products).map(([name, make], at) => ({ name, make, at })))(
    '$name is what JavaScript computes',
    ({ make, at }) => {
      SIZES.forEach((sizes, seed) => {
        // Every second size, with all shares among them.
        if ((seed + at) % 2 === 1) return
        const one = make(new Random(seed), sizes, SHARES[seed % SHARES.length])
        const expected = play(js, one)
        for (const { name, player } of players) {
          const most = player.info.products === 'bfloat16' ? 0.02 : 2e-6
          expect(difference(play(player, one), expected), name).toBeLessThan(most)
        }
      })
    },
  )

  const players = [...nativeBackends, ...bfloat16Backends].map(({ name, make }) => ({ name, player: make() }))
  afterAll(() => players.forEach(({ player }) => void player.close()))

  it.each(players)('do not multiply infinities by their zeros, on $name', ({ player }) => {
    for (const [op, opCase] of infinite()) expect(play(player, [op, opCase])[0].every(Number.isFinite), op).toBe(true)
  })
})

/** Products whose other factor is infinite where the sparse one is 0. */
function infinite(): [string, OpCase][] {
  // AMX skips zeros if less than one number in 32 is not 0.
  const [S, inputs, outputs] = [150, 40, 33]
  const symbols = { S }
  const matrix = (
    rows: string | number,
    count: number,
    width: number,
    value: (row: number, column: number) => number,
  ) =>
    whole(
      rows,
      width,
      Float32Array.from({ length: count * width }, (_, i) => value(Math.floor(i / width), i % width)),
    )
  /** Only one column, or only one row, is not 0. */
  const column = (width: number) => matrix('S', S, width, (_, i) => (i === 7 ? 1 : 0))
  const row = (width: number) => matrix('S', S, width, (i) => (i === 7 ? 1 : 0))
  /** Neighbors of nonzero numbers are excluded too: bfloat16 goes by pairs. */
  const infiniteElsewhere = (i: number) => (i === 6 || i === 7 ? 1 : Infinity)
  const attributes = { scale: 1 }
  const dWeight = matrix(outputs, outputs, inputs, () => 0)
  return [
    [
      'linear',
      {
        symbols,
        inputs: {
          x: column(inputs),
          weight: matrix(outputs, outputs, inputs, (_, i) => infiniteElsewhere(i)),
          bias: null,
          residual: null,
        },
        attributes: { ...attributes, activation: 'none' },
      },
    ],
    [
      'linearInputGradient',
      {
        symbols,
        inputs: { dy: column(outputs), weight: matrix(outputs, outputs, inputs, infiniteElsewhere) },
        attributes,
      },
    ],
    [
      'linearWeightGradient',
      {
        symbols,
        inputs: { x: row(inputs), dy: matrix('S', S, outputs, infiniteElsewhere), dWeight, dBias: null },
        attributes,
      },
    ],
    [
      'linearWeightGradient',
      {
        symbols,
        inputs: { x: matrix('S', S, inputs, infiniteElsewhere), dy: row(outputs), dWeight, dBias: null },
        attributes,
      },
    ],
  ]
}
