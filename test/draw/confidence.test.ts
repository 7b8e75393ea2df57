import { expect, test } from 'vitest'
import { confidence } from '#dist/draw/confidence.js'
import { marked, textOf } from './marks.ts'

const steps = [
  { token: '▁I', probability: 0.5, forced: false },
  { token: '▁was', probability: 0.25, forced: true },
]

test("a bar for each step, as high as its token's probability; the selected one is emphasized", () => {
  const picture = confidence({ steps, step: 1 })
  const columns = marked(picture, 'data-step')
  expect(columns.map(({ attributes }) => attributes['data-token'])).toEqual(['target:0', 'target:1'])
  const rects = columns.map(({ children }) =>
    children.filter((child) => typeof child !== 'string' && child.name === 'rect'),
  )
  const [first, second] = rects.map(([, bar]) =>
    Number((bar as { attributes: Record<string, unknown> }).attributes.height),
  )
  expect(first / second).toBeCloseTo(2, 6)
  expect(rects.map(([frame]) => (frame as { attributes: Record<string, unknown> }).attributes.stroke)).toEqual([
    'var(--paper)',
    'var(--ink)',
  ])
  expect(textOf(columns[1])).toContain('step 2: ▁was 25.0 %, forced')
})
