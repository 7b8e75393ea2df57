import { expect, test } from 'vitest'
import { pixelAttention } from '#dist/look/draw/pixel-attention.js'
import { svgText } from '#dist/look/draw/svg-text.js'
import { pixelsOf } from '#dist/look/figure/pixels.js'
import type { Trace } from '#dist/look/trace/trace.js'

const traceOf = (tokens: string[], layers = 0) =>
  ({ model: { encoder: { layers } }, target: { tokens } }) as unknown as Pick<Trace, 'model' | 'target'>

test('the text of a decoder alone is an image where its tokens are the numbers of a square', () => {
  const levels = Array.from({ length: 16 }, (_, i) => `${i}`)
  expect(pixelsOf(traceOf([...levels, '</s>']))).toEqual({
    columns: 4,
    levels: levels.map((level) => Number(level) / 15),
  })
  expect(pixelsOf(traceOf(levels))?.columns).toBe(4)
  expect(pixelsOf(traceOf(levels, 2))).toBeNull()
  expect(pixelsOf(traceOf(levels.slice(1)))).toBeNull()
  expect(pixelsOf(traceOf(levels.with(3, 'a')))).toBeNull()
  expect(pixelsOf(traceOf(levels.slice(0, 9)))).toBeNull()
})

test('attention over pixels is a grid for each head, in which pixels that are not seen have no weight', () => {
  const levels = Array.from({ length: 16 }, (_, i) => i / 15)
  const weights = Float32Array.from({ length: 16 }, (_, i) => (i === 5 ? 0.5 : 0.05))
  const heads = [
    { name: 'head 0', weights },
    { name: 'head 1', weights },
  ]
  const picture = pixelAttention({ title: 'Layer 0', columns: 4, levels, place: 7, heads })
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
