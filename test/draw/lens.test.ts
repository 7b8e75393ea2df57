import { expect, test } from 'vitest'
import { lens } from '#dist/draw/lens.js'
import { svgText } from '#dist/draw/marks/svg-text.js'
import { marked, textOf } from './marks.ts'

const cell = (token: string, probability: number) => ({ isTarget: token === '▁I', top: [{ token, probability }] })
const drawing = {
  tokens: ['▁I', '▁am'],
  rows: [
    [cell('<i>', 0.1), cell('x', 0.2)],
    [cell('▁I', 0.9), cell('▁be', 0.4)],
  ],
}

test('a cell for each depth and position shows the first token and its probability, the last layer on top', () => {
  const cells = marked(lens(drawing), 'data-depth')
  expect(cells).toHaveLength(4)
  const of = (depth: number, token: string) =>
    cells.find(({ attributes }) => attributes['data-depth'] === depth && attributes['data-token'] === token)!
  expect(textOf(of(1, 'target:1'))).toContain('▁be')
  expect(textOf(of(1, 'target:1'))).toContain('40.0 %')
  const top = (depth: number) => {
    const rect = of(depth, 'target:0').children.find((child) => typeof child !== 'string' && child.name === 'rect')
    return Number((rect as { attributes: Record<string, unknown> }).attributes.y)
  }
  expect(top(1)).toBeLessThan(top(0))
})

test('a frame marks cells where the target token is first', () => {
  expect(marked(lens(drawing), 'stroke', 'var(--right)')).toHaveLength(1)
})

test('the more probable, the stronger the color', () => {
  const strength = marked(lens(drawing), 'fill-opacity').map(({ attributes }) => Number(attributes['fill-opacity']))
  expect(strength[2]).toBeCloseTo(9 * strength[0], 6)
})

test('markup in tokens stays text', () => {
  expect(svgText(lens(drawing), 'dark')).not.toContain('<i>')
})
