import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bfloat16FromFloats, floatsFromBfloat16 } from '#dist/base/values/bfloat16.js'
import { float16FromFloats, floatsFromFloat16 } from '#dist/formats/tensors/tensor-file.js'

const all = Uint16Array.from({ length: 65536 }, (_, i) => i)
const floats = new Float32Array(65536)
floatsFromFloat16(all, floats)

const half = (value: number) => {
  const into = new Uint16Array(1)
  float16FromFloats(Float32Array.of(value), into)
  return into[0]
}
const bfloat = (value: number) => {
  const into = new Uint16Array(1)
  bfloat16FromFloats(Float32Array.of(value), into)
  return into[0]
}

describe('binary16', () => {
  // Values from IEEE 754-2008, 3.6, as in every table of the format.
  test.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x03ff, 2 ** -14 * (1023 / 1024)],
    [0x0001, 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
  ])('%i is %d', (bits, value) => {
    expect(floats[bits]).toBe(value)
    expect(half(value)).toBe(bits)
  })

  test('has a negative zero and NaN', () => {
    expect(Object.is(floats[0x8000], -0)).toBe(true)
    expect(half(-0)).toBe(0x8000)
    expect(floats[0x7e00]).toBeNaN()
    expect(half(NaN) & 0x7c00).toBe(0x7c00)
    expect(half(NaN) & 0x3ff).not.toBe(0)
  })

  test('every finite half survives the way to float32 and back', () => {
    const halves = all.filter((h) => (h & 0x7c00) !== 0x7c00)
    const values = new Float32Array(halves.length)
    expect(floatsFromFloat16(halves, values)).toBe(true)
    const back = new Uint16Array(halves.length)
    float16FromFloats(values, back)
    expect(back).toEqual(halves)
  })

  test('rounds to the nearest half, ties to even', () => {
    fc.assert(
      fc.property(fc.float({ min: -65519, max: 65519, noNaN: true }), (value) => {
        const bits = half(value)
        const error = Math.abs(floats[bits] - value)
        for (const neighbor of [bits - 1, bits + 1]) {
          const other = floats[neighbor & 0xffff]
          if (!Number.isFinite(other) || (neighbor ^ bits) & 0x8000) continue
          const otherError = Math.abs(other - value)
          expect(error).toBeLessThanOrEqual(otherError)
          if (error === otherError) expect(bits & 1).toBe(0)
        }
      }),
      { numRuns: 5000 },
    )
    expect(half(1 + 2 ** -11)).toBe(0x3c00)
    expect(half(1 + 3 * 2 ** -11)).toBe(0x3c02)
    expect(half(2 ** -25)).toBe(0)
    expect(half(3 * 2 ** -25)).toBe(2)
    expect(half(5 * 2 ** -25)).toBe(2)
    expect(half(65519.99)).toBe(0x7bff)
    expect(half(65520)).toBe(0x7c00)
  })

  test('tells whether all values are finite', () => {
    expect(floatsFromFloat16(Uint16Array.of(0x3c00, 0x7bff), new Float32Array(2))).toBe(true)
    expect(floatsFromFloat16(Uint16Array.of(0x3c00, 0xfc00), new Float32Array(2))).toBe(false)
    expect(floatsFromFloat16(Uint16Array.of(0x7e01, 0), new Float32Array(2))).toBe(false)
  })
})

describe('bfloat16', () => {
  test('is the upper half of a float32, rounded to nearest, ties to even', () => {
    expect(bfloat(1)).toBe(0x3f80)
    expect(bfloat(-2)).toBe(0xc000)
    expect(bfloat(1 + 2 ** -8)).toBe(0x3f80)
    expect(bfloat(1 + 3 * 2 ** -8)).toBe(0x3f82)
    expect(bfloat(1 + 2 ** -8 + 2 ** -20)).toBe(0x3f81)
    expect(bfloat(3.4e38)).toBe(0x7f80)
    expect(bfloat(NaN) & 0x7f).not.toBe(0)
  })

  test('every finite value survives the way to float32 and back', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((h) => (h & 0x7f80) !== 0x7f80)
    const floats = new Float32Array(halves.length)
    expect(floatsFromBfloat16(halves, floats)).toBe(true)
    const back = new Uint16Array(halves.length)
    bfloat16FromFloats(floats, back)
    expect(back).toEqual(halves)
  })

  test('tells whether all values are finite', () => {
    expect(floatsFromBfloat16(Uint16Array.of(0x3f80, 0x7f80), new Float32Array(2))).toBe(false)
    expect(floatsFromBfloat16(Uint16Array.of(0xff81, 0), new Float32Array(2))).toBe(false)
  })
})
