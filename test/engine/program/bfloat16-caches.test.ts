import { afterAll, describe, expect, it } from 'vitest'
import { bfloat16FromFloats, floatsFromBfloat16 } from '#dist/base/values/bfloat16.js'
import type { Player, TensorArray } from '#dist/engine/backend/interface/backend.js'
import { differentiate } from '#dist/engine/program/gradient.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { attention } from '#dist/engine/program/ops/attention.js'
import { cachedAttention } from '#dist/engine/program/ops/cached-attention.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { writeCache } from '#dist/engine/program/ops/write-cache.js'
import { Program } from '#dist/engine/program/program.js'
import { backends } from '../../backends.ts'
import { expectSameBits } from './expect-same-bits.ts'
import { opTests } from './op-tests.ts'
import { playCase } from './play-case.ts'
import { type OpCase, type OperandCase, Random, whole } from './random-operands.ts'

/** An operand in bfloat16, and the same numbers in float32. */
function rounded(operand: OperandCase): { narrow: OperandCase; wide: OperandCase } {
  const halves = new Uint16Array(operand.data.length)
  const floats = new Float32Array(operand.data.length)
  bfloat16FromFloats(operand.data as Float32Array, halves)
  floatsFromBfloat16(halves, floats)
  return { narrow: { ...operand, data: halves }, wide: { ...operand, data: floats } }
}

/** A case whose keys and values are in bfloat16, and the same in float32. */
function bothWays(opCase: OpCase): { narrow: OpCase; wide: OpCase } {
  const [k, v] = [rounded(opCase.inputs.k!), rounded(opCase.inputs.v!)]
  return {
    narrow: { ...opCase, inputs: { ...opCase.inputs, k: k.narrow, v: v.narrow } },
    wide: { ...opCase, inputs: { ...opCase.inputs, k: k.wide, v: v.wide } },
  }
}

/** A case of attention as in a decoding step. */
function stepCase(random: Random): OpCase {
  const { symbols, inputs, attributes } = opTests.attention.case(random)
  const none = { seed: null, relativeKeys: null, relativeValues: null, distanceBias: null }
  return {
    symbols,
    inputs: { ...inputs, ...none },
    attributes: { ...attributes, causal: false, traced: false, dropout: 0 },
  }
}

const attending = { attention: stepCase, cachedAttention: opTests.cachedAttention.case }

const play = (player: Player, name: string, opCase: OpCase) =>
  Object.values(playCase(player, opTable.get(name)!, opCase).arrays)

/** Every upper half with lower halves that are rounded up, down and to even, and NaN payloads. */
const everyFloat = new Float32Array(
  Uint32Array.from(
    { length: 6 * 65536 },
    (_, i) => (i % 65536) * 65536 + [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff][Math.floor(i / 65536)],
  ).buffer,
)

/** The nearest bfloat16, found among its two neighbors: among two equally near ones the even one. */
function nearest(value: number): number {
  if (!Number.isFinite(value)) return value
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] & 0xffff0000
  const neighbors = new Float32Array(Uint32Array.of(bits, bits + 0x10000).buffer)
  // Infinity is as far from the largest number as the next number would be.
  const [before, after] = Array.from(neighbors, (other) =>
    Math.abs((Number.isFinite(other) ? other : Math.sign(other) * 2 ** 128) - value),
  )
  const isEven = (bits >>> 16) % 2 === 0
  return neighbors[before < after || (before === after && isEven) ? 0 : 1]
}

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(Object.entries(attending))(
    '%s over bfloat16 has the same bits as over the same numbers in float32',
    (name, caseOf) => {
      for (let seed = 0; seed < 200; seed++) {
        const { narrow, wide } = bothWays(caseOf(new Random(seed)))
        expectSameBits(play(player, name, narrow), play(player, name, wide), `seed ${seed}`)
      }
    },
  )

  it('writeCache rounds to the nearest, ties to even, for every kind of number', () => {
    const R = everyFloat.length / 96
    const symbols = { R, M: R }
    const inputs = {
      x: whole('R', 96, everyFloat),
      slots: whole(
        'R',
        1,
        Int32Array.from({ length: R }, (_, row) => row),
      ),
      cache: whole('M', 96, new Uint16Array(everyFloat.length)),
    }
    const { cache } = playCase(player, opTable.get('writeCache')!, { symbols, inputs, attributes: {} }).arrays
    const floats = new Float32Array(cache.length)
    floatsFromBfloat16(cache as Uint16Array, floats)
    expect(floats.findIndex((value, i) => !Object.is(value, nearest(everyFloat[i])))).toBe(-1)
  })

  it('writeCache writes the given columns of the given rows, and no others', () => {
    for (let seed = 0; seed < 200; seed++) {
      const opCase = opTests.writeCache.case(new Random(seed))
      const cache = rounded(opCase.inputs.cache!).narrow
      const expected = cache.data.slice()
      const { x, slots } = opCase.inputs as Record<string, OperandCase>
      const halves = rounded(x).narrow.data
      slots.data.forEach((slot, r) => {
        const row = halves.subarray(r * x.baseWidth + x.column, r * x.baseWidth + x.column + x.width)
        expected.set(row, slot * cache.baseWidth + cache.column)
      })
      const inputs = { ...opCase.inputs, cache }
      expect(playCase(player, opTable.get('writeCache')!, { ...opCase, inputs }).arrays.cache).toEqual(expected)
    }
  })

  it.each(Object.entries(attending))(
    '%s refuses keys in other arrays, or in too short ones, and writes nothing',
    (name, caseOf) => {
      const { narrow } = bothWays(caseOf(new Random(1)))
      const played = playCase(player, opTable.get(name)!, narrow)
      const before = Object.values(played.arrays).map((array) => array.slice())
      const { data } = narrow.inputs.k!
      const refusal = (k: unknown) => () => played.again({ k: k as TensorArray })
      const refused = (message: RegExp) =>
        expect.objectContaining({ code: 'ERR_SHAPE', message: expect.stringMatching(message) })
      for (const Other of [Float32Array, Int32Array, Int16Array, Uint8Array])
        expect(refusal(new Other(data.length))).toThrow(refused(/k must be a Uint16Array/))
      expect(refusal(data.slice(1))).toThrow(refused(/k has \d+ values, \d+ are needed/))
      expect(Object.values(played.arrays)).toEqual(before)
    },
  )
})

describe('bfloat16 is refused with ERR_SHAPE', () => {
  const refused = (message: RegExp) =>
    expect.objectContaining({ code: 'ERR_SHAPE', message: expect.stringMatching(message) })
  const spans = (p: Program) => ({
    queries: p.input('queries', 'B', 2, 'int32'),
    keys: p.input('keys', 'B', 2, 'int32'),
  })
  const step = { heads: 2, scale: 1, causal: false, every: 1, traced: false, dropout: 0, site: 0 }
  /** Attention of 8 columns over a cache in bfloat16. */
  const attend = (p: Program, attributes: Partial<typeof step>, more = {}) => {
    const [k, v] = p.input('cache', 'M', 16, 'bfloat16').columns(2)
    return attention(p, { q: p.input('q', 'T', 8), k, v, ...spans(p), ...more }, { ...step, ...attributes })
  }

  it('if the op reads float32 or integers', () => {
    const p = new Program('p')
    const x = p.input('x', 'S', 8, 'bfloat16')
    expect(() => linear(p, { x, weight: p.input('w', 4, 8) }, { activation: 'none', scale: 1 })).toThrow(
      refused(/linear: x must be float32, x \[S, 8\] is bfloat16/),
    )
    const slots = p.input('slots', 'S', 1, 'bfloat16')
    expect(() => writeCache(p, { x: p.input('y', 'S', 8), slots, cache: x })).toThrow(refused(/slots must be int32/))
    const cache = p.input('cache', 'S', 8, 'int32')
    const given = { slots: p.input('at', 'S', 1, 'int32'), cache }
    expect(() => writeCache(p, { x: p.input('z', 'S', 8), ...given })).toThrow(
      refused(/cache must be float32 or bfloat16/),
    )
  })

  it('if keys are in bfloat16 and values are not', () => {
    const p = new Program('p')
    const kv = { k: p.input('k', 'M', 8, 'bfloat16'), v: p.input('v', 'M', 8) }
    const past = { ancestors: p.input('ancestors', 'A', 1, 'int32'), spans: p.input('pasts', 'R', 2, 'int32') }
    const q = p.input('q', 'R', 8)
    expect(() => attention(p, { q, ...kv, ...spans(p) }, step)).toThrow(refused(/attention: k .* differ in dtype/))
    expect(() => cachedAttention(p, { q, ...kv, ...past }, { heads: 2, scale: 1, traced: false })).toThrow(
      refused(/cachedAttention: k .* differ in dtype/),
    )
  })

  it('if attention does more than a step needs', () => {
    const table = (p: Program, name: string) => p.input(name, 3, 4)
    const message = refused(
      /attention: keys in bfloat16 are attended to without causal, weights, dropout, relative keys and bias/,
    )
    for (const attributes of [{ causal: true }, { traced: true }])
      expect(() => attend(new Program('p'), attributes)).toThrow(message)
    const p = new Program('p')
    expect(() => attend(p, { dropout: 0.1 }, { seed: p.input('seed', 1, 1, 'int32') })).toThrow(message)
    const r = new Program('r')
    const tables = { relativeKeys: table(r, 'relativeKeys'), relativeValues: table(r, 'relativeValues') }
    expect(() => attend(r, {}, tables)).toThrow(message)
  })

  it('if a gradient is asked for', () => {
    const p = new Program('p')
    const [z] = attend(p, {})
    expect(() => differentiate(p, [[z, p.input('dz', 'T', 8)]])).toThrow(
      refused(/attentionGradient: k must be float32/),
    )
  })
})

it('the listing shows which caches are in bfloat16', () => {
  const p = new Program('p')
  const cache = p.input('cache', 'M', 16, 'bfloat16')
  const [k, v] = cache.columns(2)
  const past = { ancestors: p.input('ancestors', 'A', 1, 'int32'), spans: p.input('pasts', 'R', 2, 'int32') }
  cachedAttention(p, { q: p.input('q', 'R', 8), k, v, ...past }, { heads: 2, scale: 1, traced: false })
  expect(p.toString()).toContain(' q, cache[0:8] in bfloat16, cache[8:16] in bfloat16, ancestors, pasts ')
})
