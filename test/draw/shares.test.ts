import { expect, test } from 'vitest'
import { shares, signedText } from '#dist/draw/shares.js'

const drawn = shares({
  title: 'what the logit is made of',
  shares: [
    { name: 'feed-forward', share: 2 },
    { name: 'head 1', share: -1, mark: { 'data-head': 1 } },
    { name: 'bias', share: 0.01 },
  ],
  sum: { name: 'in all', value: 1.01 },
})

const barOf = (row: number) => {
  const bars = drawn.content.filter(({ attributes }) => 'data-share' in attributes)
  const { x, width, fill } = bars[row].children
    .filter((child) => typeof child !== 'string')
    .filter(({ name }) => name === 'rect')[1].attributes
  return { x: Number(x), width: Number(width), fill }
}

test('bars grow with their shares, to the left of zero where these are negative', () => {
  const [forIt, against] = [barOf(0), barOf(1)]
  expect(forIt.width).toBeCloseTo(2 * against.width, 6)
  expect(against.x + against.width).toBeCloseTo(forIt.x, 6)
  expect([forIt.fill, against.fill]).toEqual(['var(--positive)', 'var(--negative)'])
})

test('the description has every share and the sum', () => {
  expect(drawn.description).toBe('feed-forward +2.00, head 1 −1.00, bias +0.010; in all +1.01.')
  expect(drawn.content[2].attributes['data-head']).toBe(1)
})

test('small numbers have three decimals', () => {
  expect([1.234, -0.5, 0.0123, -0.0004].map(signedText)).toEqual(['+1.23', '−0.50', '+0.012', '−0.000'])
})
