import { describe, expect, test } from 'vitest'
import type { Picture } from '#dist/draw/marks/element.js'
import { svgText } from '#dist/draw/marks/svg-text.js'
import { positions, similarityByDistance } from '#dist/draw/positions.js'
import { type SinusoidKind, writeSinusoids } from '#dist/engine/model/config/sinusoids.js'
import { texts } from './marks.ts'
import { rendered } from './rendered.ts'

function drawn(kind: SinusoidKind, rows: number, dimensions: number): { values: Float32Array; picture: Picture } {
  const values = new Float32Array(rows * dimensions)
  writeSinusoids(kind, values, dimensions)
  return { values, picture: positions({ title: 't', rows, dimensions, values }) }
}

describe('pictures of The Illustrated Transformer', () => {
  test('the rows of an embedding of 4 dimensions are shown as numbers', () => {
    const { picture } = drawn('timingSignal', 3, 4)
    const shown = ['0', '0', '1', '1', '0.84', '0.0001', '0.54', '1', '0.91', '0.0002', '−0.42', '1']
    expect(texts(picture).join(' ')).toContain(shown.join(' '))
  })

  test('20 × 512: sines fill the left half, cosines the right', () => {
    const { values, picture } = drawn('halves', 20, 512)
    for (const [position, i] of [
      [0, 0],
      [1, 3],
      [19, 255],
    ]) {
      const angle = position / 10000 ** ((2 * i) / 512)
      expect(values[position * 512 + i]).toBeCloseTo(Math.sin(angle), 6)
      expect(values[position * 512 + 256 + i]).toBeCloseTo(Math.cos(angle), 6)
    }
    // A matrix with this many cells is one image; its right half is blue in the first row, where all cosines are 1.
    const svg = svgText(picture, 'light')
    expect(svg.match(/<image /g)).toHaveLength(1)
    expect(rendered(svg).inked).toBeGreaterThan(0.3)
  })

  test('10 × 64: sines and cosines take turns', () => {
    const { values, picture } = drawn('interleaved', 10, 64)
    for (const [position, i] of [
      [1, 0],
      [5, 7],
      [9, 31],
    ]) {
      const angle = position / 10000 ** ((2 * i) / 64)
      expect(values[position * 64 + 2 * i]).toBeCloseTo(Math.sin(angle), 6)
      expect(values[position * 64 + 2 * i + 1]).toBeCloseTo(Math.cos(angle), 6)
    }
    expect(svgText(picture, 'light').match(/data-position/g)).toHaveLength(640)
  })
})

test('the similarity of sinusoids depends on the distance alone, and falls at first', () => {
  const { values } = drawn('halves', 12, 64)
  const byDistance = similarityByDistance(values, 12, 64)
  expect(byDistance[0]).toBeCloseTo(1, 6)
  expect(byDistance[1]).toBeLessThan(1)
  expect(byDistance[2]).toBeLessThan(byDistance[1])
  // PE(p) · PE(p + k) = Σ cos(k ω_i), for any p.
  const expected = Array.from({ length: 32 }, (_, i) => Math.cos(3 / 10000 ** ((2 * i) / 64)))
  expect(byDistance[3]).toBeCloseTo(expected.reduce((sum, value) => sum + value, 0) / 32, 5)
})

test.each([
  [1, 1],
  [1, 7],
  [3, 1],
  [200, 3],
])('%i positions of %i dimensions are drawn', (rows, dimensions) => {
  const svg = svgText(drawn('timingSignal', rows, dimensions).picture, 'dark')
  expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  expect(rendered(svg).height).toBeGreaterThan(40)
})
