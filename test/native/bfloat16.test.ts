import { describe, expect, it } from 'vitest'
import type { TensorArray } from '#dist/engine/backend/interface/backend.js'
import { loadAddon } from '#dist/engine/backend/native/addon.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { nativeReasons } from '../backends.ts'
import { playCase } from '../engine/program/play-case.ts'
import {
  floats,
  integers,
  type OpCase,
  Random,
  someZeros,
  thin,
  thinned,
  whole,
} from '../engine/program/random-operands.ts'
import { makePlayer, ops, refusal } from './tiny-program.ts'

const has = !nativeReasons.length && loadAddon(ops).info.bfloat16

/** Cases with as many rows as are needed for products to be rounded. */
const cases: Record<string, (random: Random) => OpCase> = {
  linear(random) {
    const [S, inputs, outputs] = [150, random.pick([1, 31, 33, 64, 600]), random.pick([1, 31, 64, 257])]
    return {
      symbols: { S },
      inputs: {
        x: someZeros(random, floats(random, 'S', S, inputs)),
        weight: whole(outputs, inputs, random.floats(outputs * inputs)),
        bias: whole(1, outputs, random.floats(outputs)),
        residual: null,
      },
      attributes: { activation: 'relu', scale: random.pick([1, 0.3]) },
    }
  },
  linearInputGradient(random) {
    const [S, inputs, outputs] = [150, random.pick([1, 31, 64]), random.pick([1, 33, 64, 600])]
    return {
      symbols: { S },
      inputs: {
        dy: someZeros(random, floats(random, 'S', S, outputs)),
        weight: whole(outputs, inputs, random.floats(outputs * inputs)),
        // If x is mostly zeros, the few gradients that it needs would be computed in float32.
        x: random.next() < 0.5 ? thinned(random, random.pick([1, 0.4]), floats(random, 'S', S, inputs)) : null,
      },
      attributes: { scale: random.pick([1, 0.3]) },
    }
  },
  linearWeightGradient(random) {
    const [S, inputs, outputs] = [
      random.pick([1, 33, 150, 600]),
      random.pick([1, 31, 64]),
      random.pick([1, 33, 64, 257]),
    ]
    return {
      symbols: { S },
      inputs: {
        x: someZeros(random, floats(random, 'S', S, inputs)),
        dy: someZeros(random, floats(random, 'S', S, outputs)),
        dWeight: floats(random, outputs, outputs, inputs),
        dBias: null,
      },
      attributes: { scale: random.pick([1, 0.3]) },
    }
  },
  crossEntropyGradient: projected,
  distillationGradient(random) {
    const c = projected(random)
    const [teacher, classes] = [random.pick([5, 32]), c.inputs.weight!.rows as number]
    return {
      ...c,
      inputs: {
        ...c.inputs,
        teacherX: floats(random, 'T', c.symbols.T, teacher),
        teacherWeight: whole(classes, teacher, random.floats(classes * teacher)),
        teacherBias: null,
      },
      attributes: { ...c.attributes, teacherScale: 1, temperature: 2, share: 0.5 },
    }
  },
}

function projected(random: Random): OpCase {
  const [T, width, classes] = [random.pick([150, 600]), random.pick([7, 64]), random.pick([1, 33, 300])]
  return {
    symbols: { T },
    inputs: {
      x: floats(random, 'T', T, width),
      weight: whole(classes, width, random.floats(classes * width)),
      bias: whole(1, classes, random.floats(classes)),
      ids: whole('T', 1, integers(random, T, 0, classes - 1)),
      dLoss: whole(1, 1, Float32Array.of(0.1)),
      dWeight: floats(random, classes, classes, width),
      dBias: null,
    },
    attributes: { smoothing: 0.1, over: 'all', scale: 1 },
  }
}

interface Scaled {
  op: string
  opCase: OpCase
  /** The result, summed in float64. */
  expected: Float32Array
}

/** Scaled products in which a share of one factor is not 0. */
const scaled: Record<string, (random: Random, share: number) => Scaled> = {
  'the gradient of an input'(random, share) {
    const [S, inputs, outputs] = [150, 64, 600]
    const dy = random.floats(S * outputs)
    const weight = random.floats(outputs * inputs)
    thin(random, share, dy)
    const opCase = {
      symbols: { S },
      inputs: { dy: whole('S', outputs, dy), weight: whole(outputs, inputs, weight), x: null },
      attributes: { scale: SCALE },
    }
    const expected = matrixProduct(
      S,
      inputs,
      outputs,
      (i, k) => dy[i * outputs + k],
      (k, j) => weight[k * inputs + j],
    )
    return { op: 'linearInputGradient', opCase, expected }
  },
  'the gradient of a weight, with few gradients of outputs': (random, share) => weightGradient(random, 1, share),
  'the gradient of a weight, with few inputs': (random, share) => weightGradient(random, share, 1),
}

const SCALE = 0.3

function weightGradient(random: Random, ofX: number, ofDy: number): Scaled {
  const [S, inputs, outputs] = [600, 65, 143]
  const x = random.floats(S * inputs)
  const dy = random.floats(S * outputs)
  thin(random, ofX, x)
  thin(random, ofDy, dy)
  const dWeight = whole(outputs, inputs, new Float32Array(outputs * inputs))
  const opCase = {
    symbols: { S },
    inputs: { x: whole('S', inputs, x), dy: whole('S', outputs, dy), dWeight, dBias: null },
    attributes: { scale: SCALE },
  }
  const expected = matrixProduct(
    outputs,
    inputs,
    S,
    (i, k) => dy[k * outputs + i],
    (k, j) => x[k * inputs + j],
  )
  return { op: 'linearWeightGradient', opCase, expected }
}

/** c [m, n] ← round(SCALE · a [m, depth]) · round(b [depth, n]) */
function matrixProduct(
  m: number,
  n: number,
  depth: number,
  a: (row: number, column: number) => number,
  b: (row: number, column: number) => number,
): Float32Array {
  const c = new Float64Array(m * n)
  const roundedB = Float64Array.from({ length: depth * n }, (_, i) => toBfloat16(b(Math.floor(i / n), i % n)))
  for (let i = 0; i < m; i++)
    for (let k = 0; k < depth; k++) {
      const factor = toBfloat16(Math.fround(SCALE) * a(i, k))
      for (let j = 0; factor !== 0 && j < n; j++) c[i * n + j] += factor * roundedB[k * n + j]
    }
  return Float32Array.from(c)
}

/** The nearest bfloat16, ties to even. */
function toBfloat16(value: number): number {
  const [bits] = new Uint32Array(Float32Array.of(value).buffer)
  const rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000
  return new Float32Array(Uint32Array.of(rounded).buffer)[0]
}

/** Largest difference between two results divided by their largest magnitude. */
function difference(a: Record<string, TensorArray>, b: Record<string, TensorArray>): number {
  return Math.max(
    ...Object.keys(a).map((name) => {
      let [worst, range] = [0, 1]
      for (const [i, value] of b[name].entries()) {
        range = Math.max(range, Math.abs(value))
        worst = Math.max(worst, Math.abs(a[name][i] - value))
      }
      return worst / range
    }),
  )
}

describe.skipIf(!has)('bfloat16 (skipped if the processor has no AVX512-BF16)', () => {
  const isa = has ? loadAddon(ops).info.isas.at(-1) : undefined // whatever GLASSFORMER_ISA says
  const players = {
    float32: has ? makePlayer({ isa }) : null!,
    tiles: has ? makePlayer({ products: 'bfloat16', isa }) : null!,
    tilesOfTwo: has ? makePlayer({ products: 'bfloat16', isa, threads: 2 }) : null!,
    pairs: has ? makePlayer({ products: 'bfloat16', isa: 'avx512bf16' }) : null!,
  }

  it.each(Object.keys(cases))('%s rounds its factors, and nothing else', (name) => {
    for (let seed = 0; seed < 20; seed++) {
      const c = cases[name](new Random(seed))
      const play = (player: keyof typeof players) => playCase(players[player], opTable.get(name)!, c).arrays
      const [exact, tiles, pairs] = [play('float32'), play('tiles'), play('pairs')]
      expect(difference(tiles, exact)).toBeLessThan(0.02)
      expect(difference(pairs, tiles)).toBeLessThan(1e-3)
      expect(play('tilesOfTwo')).toEqual(tiles)
    }
  })

  it.each(Object.keys(scaled))('%s rounds its scale times a factor, whether zeros are skipped or not', (name) => {
    for (const share of [1, 0.2, 0.02]) {
      const { op, opCase, expected } = scaled[name](new Random(7), share)
      for (const player of [players.tiles, players.pairs]) {
        const [actual] = Object.values(playCase(player, opTable.get(op)!, opCase).arrays)
        expect(difference({ y: actual }, { y: expected }), `${player.info.isa}, ${share}`).toBeLessThan(2e-6)
      }
    }
  })

  it('products of bfloat16 numbers are exact', () => {
    const c = cases.linear(new Random(1))
    for (const operand of Object.values(c.inputs))
      for (const i of operand?.data.keys() ?? []) operand!.data[i] = Math.round(operand!.data[i])
    c.attributes.scale = 1
    const play = (player: keyof typeof players) => playCase(players[player], opTable.get('linear')!, c).arrays
    expect(play('tiles')).toEqual(play('float32'))
    expect(play('pairs')).toEqual(play('float32'))
  })

  it('is reported by info', () => {
    expect(players.tiles.info.products).toBe('bfloat16')
    expect(players.float32.info.products).toBe('float32')
  })

  it('is refused by instruction sets without it, and another format by all', () => {
    for (const isa of loadAddon(ops).info.isas.filter((name) => name !== 'avx512bf16' && name !== 'amx')) {
      const { code, message } = refusal(() => makePlayer({ isa, products: 'bfloat16' }))
      expect(code).toBe('ERR_OPTION')
      expect(message).toContain(`the instruction set ${isa}`)
    }
    expect(refusal(() => makePlayer({ products: 'float16' as never })).code).toBe('ERR_OPTION')
  })
})
