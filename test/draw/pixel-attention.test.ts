import { expect, test } from 'vitest'
import { svgText } from '#dist/draw/marks/svg-text.js'
import { pixelAttention } from '#dist/draw/pixel-attention.js'
import type { Trace } from '#dist/trace/data/trace.js'
import { pixelsOf } from '#dist/trace/figure/pixels.js'

const traceOf = (tokens: string[], layers = 0) =>
  ({ model: { encoder: { layers }, decoder: {} }, source: {}, target: { tokens } }) as unknown as Pick<
    Trace,
    'model' | 'source' | 'target'
  >

test('the text of a decoder alone is an image where its tokens are the numbers of a square', () => {
  const levels = Array.from({ length: 16 }, (_, i) => `${i}`)
  expect(pixelsOf(traceOf([...levels, '</s>']))).toEqual({
    side: 'target',
    first: 0,
    rows: 4,
    columns: 4,
    levels: levels.map((level) => Number(level) / 15),
    places: levels.map(Number),
  })
  expect(pixelsOf(traceOf(levels))?.columns).toBe(4)
  expect(pixelsOf(traceOf(levels, 2))).toBeNull()
  expect(pixelsOf(traceOf(levels.slice(1)))).toBeNull()
  expect(pixelsOf(traceOf(levels.with(3, 'a')))).toBeNull()
  expect(pixelsOf(traceOf(levels.slice(0, 9)))).toBeNull()
})

test('a model with attention in two dimensions has its pixels in order of generation, of the whole image or of a part', () => {
  const image = { image: [4, 6], block: [2, 4], flange: [2, 2] } as const
  const traceIn = (count: number) => {
    const tokens = Array.from({ length: count }, (_, i) => `${i}`)
    return { model: { encoder: { layers: 0 }, decoder: { image } }, source: {}, target: { tokens } } as unknown as Trace
  }
  const { rows, columns, places } = pixelsOf(traceIn(24))!
  expect([rows, columns]).toEqual([4, 6])
  // Blocks of 2 × 4 and of 2 × 2, one after the other.
  expect(places.slice(0, 14)).toEqual([0, 1, 2, 3, 6, 7, 8, 9, 4, 5, 10, 11, 12, 13])
  expect(pixelsOf(traceIn(17))?.places).toHaveLength(17)
  expect(pixelsOf(traceIn(25))).toBeNull()
  const heads = [{ name: 'head 0', weights: Float32Array.from({ length: 24 }, (_, i) => (i === 6 ? 0.9 : 0)) }]
  const { description } = pixelAttention({ title: '', ...pixelsOf(traceIn(24))!, pixel: 9, heads })
  expect(description).toContain('Attention of pixel 9 (row 0, column 5)')
  expect(description).toContain('most at row 1, column 2')
})

test('attention over pixels is a grid for each head, in which pixels that are not seen have no weight', () => {
  const levels = Array.from({ length: 16 }, (_, i) => i / 15)
  const weights = Float32Array.from({ length: 16 }, (_, i) => (i === 5 ? 0.5 : 0.05))
  const heads = [
    { name: 'head 0', weights },
    { name: 'head 1', weights },
  ]
  const places = levels.map((_, i) => i)
  const picture = pixelAttention({ title: 'Layer 0', rows: 4, columns: 4, levels, places, pixel: 7, heads })
  expect(picture.description).toBe(
    'Attention of pixel 7 (row 1, column 3) to the pixels before it, a grid for each head. head 0: most at row 1, column 1. head 1: most at row 1, column 1.',
  )
  const text = svgText(picture, 'light')
  const cells = [...text.matchAll(/fill-opacity="([\d.]+)" data-key="target:(\d+)"/g)].map(([, opacity, pixel]) => [
    Number(pixel),
    Number(opacity),
  ])
  expect(cells).toHaveLength(32)
  for (const [pixel, opacity] of cells) expect(opacity).toBeCloseTo(pixel >= 7 ? 0 : pixel === 5 ? 1 : 0.1, 5)
  expect(text.match(/data-token="target:\d+"/g)).toHaveLength(16)
})
