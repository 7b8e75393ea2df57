import { describe, expect, it } from 'vitest'
import { addsToEmbeddings } from '#dist/base/choices/position-kinds.js'
import type { Positions } from '#dist/engine/model/config/config.js'
import { positionKinds } from '#dist/engine/model/config/kinds.js'
import { PositionTable } from '#dist/engine/model/position-table.js'
import { modelConfig } from '../../learn/train/small-model.ts'

const tableOf = (positions: Positions, dModel: number) => PositionTable.of({ ...modelConfig, positions, dModel })
const table = (kind: Positions['kind'], width: number, rows: number) =>
  tableOf({ kind } as Positions, width).atLeast(rows).arrays.sinusoids

describe('sinusoids', () => {
  it('timingSignal computes the four-dimensional example of The Illustrated Transformer', () => {
    const rows = [
      [0, 0, 1, 1],
      [0.84, 0.0001, 0.54, 1],
      [0.91, 0.0002, -0.42, 1],
    ]
    const values = table('timingSignal', 4, 3)
    for (const [p, row] of rows.entries())
      for (const [i, value] of row.entries())
        expect(Math.abs(values[4 * p + i] - value)).toBeLessThan(value === 0.0001 || value === 0.0002 ? 1e-5 : 0.005)
  })

  it('interleaved is the formula of the paper, 3.5', () => {
    const values = table('interleaved', 6, 8)
    for (let p = 0; p < 8; p++)
      for (let i = 0; i < 3; i++) {
        const angle = p / 10000 ** ((2 * i) / 6)
        expect(values[6 * p + 2 * i]).toBeCloseTo(Math.sin(angle), 6)
        expect(values[6 * p + 2 * i + 1]).toBeCloseTo(Math.cos(angle), 6)
      }
  })

  it('halves has the same numbers, with the sines first', () => {
    const [whole, halves] = [table('interleaved', 8, 5), table('halves', 8, 5)]
    for (let p = 0; p < 5; p++)
      for (let i = 0; i < 4; i++) {
        expect(halves[8 * p + i]).toBe(whole[8 * p + 2 * i])
        expect(halves[8 * p + 4 + i]).toBe(whole[8 * p + 2 * i + 1])
      }
  })

  // From NumPy's formula in transformers' MarianSinusoidalPositionalEmbedding: columns 0, 2, 4, … of p / 10000^(2⌊j/2⌋/d) are sines, then
  // 1, 3, … are cosines.
  it.each([
    [5, [0.14112, 0.0752853, 0.0018929, -0.9899925, 0.997162]],
    [9, [0.14112, 0.3778425, 0.0500221, 0.0064633, 0.0008348, -0.9899925, 0.9258699, 0.9987481, 0.9999791]],
  ])('halves has one sine more where the width is odd, as Hugging Face has it: %i', (width, third) => {
    const values = table('halves', width, 4)
    for (const [i, value] of third.entries()) expect(values[3 * width + i]).toBeCloseTo(value, 6)
    const first = Array.from(values.subarray(0, width))
    expect(first).toEqual(first.map((_, i) => (i < Math.ceil(width / 2) ? 0 : 1)))
  })

  it('timingSignal leaves a column of zeros if the width is odd', () => {
    const values = table('timingSignal', 5, 4)
    for (let p = 0; p < 4; p++) expect(values[5 * p + 4]).toBe(0)
  })

  it('a table grows as far as it is asked for, and does not change its rows', () => {
    const positions = tableOf({ kind: 'halves' }, 4)
    const first = positions.atLeast(3).arrays.sinusoids.slice()
    const longer = positions.atLeast(5000).arrays.sinusoids
    expect(positions.rows).toBeGreaterThanOrEqual(5000)
    expect(longer).toHaveLength(4 * positions.rows)
    expect(longer.subarray(0, first.length)).toEqual(first)
    expect(longer[4 * 4999]).toBeCloseTo(Math.sin(4999), 4)
  })
})

it('adds to embeddings exactly if the record of kinds says so', () => {
  const added = Object.entries(positionKinds).filter(([, kind]) => 'added' in kind)
  const expected = Object.entries(addsToEmbeddings).filter(([, adds]) => adds)
  expect(added.map(([kind]) => kind).sort()).toEqual(expected.map(([kind]) => kind).sort())
})
