import { describe, expect, test } from 'vitest'
import { distribution, percent } from '#dist/draw/marks/distribution.js'
import { svgText } from '#dist/draw/marks/svg-text.js'
import { elements, marked, textOf, texts } from './marks.ts'

const bars = [
  { token: '▁student', probability: 0.5, rank: 0 },
  { token: '▁pupil', probability: 0.25, rank: 1 },
  { token: '<b>', probability: 0.125, rank: 2 },
]

describe('the distribution of a step', () => {
  test('has a bar for each token, as long as its probability, and marks the chosen one', () => {
    const picture = distribution({ bars, chosen: bars[1], entropy: 1, step: 0 })
    const rows = marked(picture, 'data-rank')
    expect(rows.map(textOf).map((text) => text.includes('chosen'))).toEqual([false, true, false])
    const [first, second] = elements(picture)
      .filter(({ attributes }) => attributes.rx)
      .map(({ attributes }) => Number(attributes.width))
    expect(first / second).toBeCloseTo(2, 6)
    expect(texts(picture)).toContain('25.0 %')
    expect(texts(picture).at(-1)).toBe('all other tokens 12.5 % · entropy 1.00 nats, as of 2.72 equally likely tokens')
  })

  test('shows a chosen token that is not among the first, with its rank', () => {
    const chosen = { token: '▁undergraduate', probability: 0.001, rank: 41 }
    const rows = marked(distribution({ bars, chosen, forced: true, entropy: 1, step: 0 }), 'data-rank')
    expect(rows).toHaveLength(4)
    expect(textOf(rows[3])).toContain('forced (42nd)')
  })

  test('keeps markup in tokens as text', () => {
    const text = svgText(distribution({ bars, chosen: bars[2], entropy: 1, step: 0 }), 'light')
    expect(text).not.toContain('<b>')
    expect(text).toContain('&lt;b&gt;')
  })
})

test.each([
  [1, '100.0 %'],
  [0.1234, '12.3 %'],
  [0.000412, '0.041 %'],
  [0.00000123, '0.00012 %'],
  [1e-9, '< 0.0001 %'],
  [0, '0.0 %'],
])('a probability of %d is %s', (probability, text) => expect(percent(probability)).toBe(text))
