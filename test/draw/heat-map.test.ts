import { expect, test } from 'vitest'
import type { SvgElement } from '#dist/draw/marks/element.js'
import { type Heat, heatLegend, heatMap, MOST_CELLS } from '#dist/draw/marks/heat-map.js'

const box = { x: 10, y: 20, width: 60, height: 40 }
const heat = (values: number[], scale: Heat['scale'], most?: number): Heat => ({
  rows: 2,
  columns: values.length / 2,
  values,
  scale,
  most,
})
const cellsOf = (heat: Heat) => heatMap(heat, box).children as SvgElement[]

test('weights are one color by opacity, from 0 to 1', () => {
  const cells = cellsOf(heat([0, 0.25, 1, 2], 'weights'))
  expect(cells.map(({ attributes }) => attributes['fill-opacity'])).toEqual([0, 0.25, 1, 1])
  expect(new Set(cells.map(({ attributes }) => attributes.fill))).toEqual(new Set(['var(--positive)']))
  expect([cells[3].attributes.x, cells[3].attributes.y]).toEqual([40, 40])
})

test('signed values are two colors, the strongest for the largest size', () => {
  const cells = cellsOf(heat([-4, 2, 0, 1], 'signed'))
  expect(cells.map(({ attributes }) => attributes['fill-opacity'])).toEqual([1, 0.5, 0, 0.25])
  expect(cells.map(({ attributes }) => attributes.fill)).toEqual([
    'var(--negative)',
    ...new Array(3).fill('var(--positive)'),
  ])
})

test('masked values and NaN have a separate color, and do not affect the scale', () => {
  const cells = cellsOf(heat([-Infinity, Number.NaN, -1, 0.5], 'signed'))
  expect(cells.map(({ attributes }) => attributes.fill)).toEqual([
    'var(--line)',
    'var(--line)',
    'var(--negative)',
    'var(--positive)',
  ])
})

test('nothing but zeros has no color', () => {
  for (const { attributes } of cellsOf(heat([0, 0, 0, 0], 'signed'))) expect(attributes['fill-opacity']).toBe(0)
})

test('very many cells are one image', () => {
  const columns = MOST_CELLS
  const many = { rows: 2, columns, values: new Float32Array(2 * columns).fill(0.5), scale: 'weights' } as const
  const element = heatMap(many, box)
  expect(element.name).toBe('image')
  expect(element.attributes).toMatchObject({ ...box, preserveAspectRatio: 'none' })
  expect(element.attributes.href).toMatch(/^data:image\/png;base64,/)
  expect(heatMap({ ...many, columns: columns / 2 }, box).children).toHaveLength(columns)
})

test('a legend shows the range', () => {
  const texts = (heat: Heat) =>
    JSON.stringify(heatLegend(heat, 0, 0, 100))
      .match(/"children":\["[^"]+"\]/g)!
      .map((found) => found.slice(13, -2))
  expect(texts(heat([0, 1], 'weights'))).toEqual(['0', '1'])
  expect(texts(heat([-2.5, 1], 'signed'))).toEqual(['−2.5', '0', '2.5'])
})
