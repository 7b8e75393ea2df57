import { describe, expect, test } from 'vitest'
import { attentionHeads } from '#dist/draw/attention-heads.js'
import { attentionMatrix } from '#dist/draw/attention-matrix.js'
import { headGrid, headStatistics } from '#dist/draw/head-grid.js'
import type { Picture } from '#dist/draw/marks/element.js'
import { headColor } from '#dist/draw/marks/palette.js'
import { sideOf } from '#dist/draw/marks/side.js'
import { svgText } from '#dist/draw/marks/svg-text.js'
import { elements, texts } from './marks.ts'
import { rendered } from './rendered.ts'

const queries = sideOf('target', ['I', 'am', '<b>'])
const keys = sideOf('source', ['Je', 'suis'])
const first = [0.9, 0.1, 0.25, 0.75, 0.005, 0.995]
const second = [0.5, 0.5, 1, 0, 0, 1]

const all = (picture: Picture, name: string) => elements(picture).filter((element) => element.name === name)

describe('the head view', () => {
  const picture = attentionHeads({ title: 't', queries, keys, weights: [first, second] })

  test('has a line in the color of its head for each visible weight, as opaque as the weight', () => {
    const lines = all(picture, 'path')
    expect(lines).toHaveLength(5 + 4) // of 12 weights two are 0, and one is too small
    const strongest = lines.find(
      ({ attributes }) =>
        attributes['data-head'] === 0 &&
        attributes['data-query'] === 'target:0' &&
        attributes['data-key'] === 'source:0',
    )!
    expect(strongest.attributes).toMatchObject({ stroke: headColor(0), 'stroke-opacity': 0.9 })
    const opacities = lines.map(({ attributes }) => attributes['stroke-opacity'])
    expect(opacities).toEqual([...opacities].sort()) // strong lines lie above faint ones
  })

  test('has the tokens on both sides, with the names that link them', () => {
    const marked = all(picture, 'text').filter(({ attributes }) => 'data-token' in attributes)
    expect(marked.map(({ attributes }) => attributes['data-token'])).toEqual([...queries.marks, ...keys.marks])
    expect(marked.map(({ children }) => children[0])).toEqual([...queries.tokens, ...keys.tokens])
  })

  test('of some heads, and of one query, has these lines alone, and a cell for each head and key', () => {
    const one = attentionHeads({ title: 't', queries, keys, weights: [first, second], heads: [1], query: 0 })
    expect(all(one, 'path').map(({ attributes }) => attributes['data-head'])).toEqual([1, 1])
    const both = attentionHeads({ title: 't', queries, keys, weights: [first, second], query: 2 })
    const cells = all(both, 'rect').filter(({ attributes }) => 'data-key' in attributes)
    expect(cells.map(({ attributes }) => attributes['fill-opacity'])).toEqual([0.005, 0, 0.995, 1])
  })

  test('draws 200 tokens and 8 heads with no more lines than can be seen', () => {
    const many = sideOf(
      'source',
      Array.from({ length: 200 }, (_, i) => `token${i}`),
    )
    const weights = Array.from({ length: 8 }, () => new Float32Array(200 * 200).fill(0.02))
    const large = attentionHeads({ title: 't', queries: many, keys: many, weights })
    expect(all(large, 'path').length).toBeLessThanOrEqual(5000)
    expect(large.height).toBeLessThan(3000)
  })

  test('is empty without tokens', () => {
    const none = sideOf('source', [])
    expect(svgText(attentionHeads({ title: 't', queries: none, keys: none, weights: [[]] }), 'light')).not.toMatch(
      /NaN|Infinity|undefined/,
    )
  })
})

describe('the matrix view', () => {
  const picture = attentionMatrix({ title: 't', queries, keys, values: first, scale: 'weights' })

  test('has a cell for each weight, with its value where there is room', () => {
    const cells = all(picture, 'rect').filter(({ attributes }) => 'data-key' in attributes)
    expect(cells.map(({ attributes }) => attributes['fill-opacity'])).toEqual(first)
    expect(cells[3].attributes).toMatchObject({ 'data-query': 'target:1', 'data-key': 'source:1' })
    for (const text of ['.90', '.10', '.25', '.75', '.01', '.99']) expect(texts(picture)).toContain(text)
    expect(picture.description).toContain('am: most at suis, 0.75')
  })

  test('of scores is signed, and −∞ where masked', () => {
    const scores = attentionMatrix({
      title: 't',
      queries,
      keys,
      scale: 'signed',
      values: [-Infinity, 2.25, -3.5, 0, 1, 1],
    })
    for (const text of ['−∞', '2.3', '−3.5']) expect(texts(scores)).toContain(text)
  })

  test('of 200 tokens is one image, with all labels', () => {
    const many = sideOf(
      'source',
      Array.from({ length: 200 }, (_, i) => `token${i}`),
    )
    const large = attentionMatrix({
      title: 't',
      queries: many,
      keys: many,
      scale: 'weights',
      values: new Float32Array(200 * 200).fill(0.005),
    })
    expect(all(large, 'image')).toHaveLength(1)
    expect(all(large, 'text').filter(({ attributes }) => 'data-token' in attributes)).toHaveLength(400)
  })
})

describe('the grid of heads', () => {
  test('statistics of a head, by hand', () => {
    const { entropy, diagonal, previous } = headStatistics([1, 0, 0.5, 0.5, 0, 1], 3, 2)
    expect(entropy).toBeCloseTo(Math.LN2 / 3, 12)
    expect(diagonal).toBeCloseTo((1 + 0.5) / 2, 12)
    expect(previous).toBeCloseTo((0.5 + 1) / 2, 12)
  })

  test('a head that looks at the token before is one of weight 1 on the previous position', () => {
    const shifted = Float32Array.from({ length: 25 }, (_, i) => (Math.floor(i / 5) - 1 === i % 5 ? 1 : 0))
    expect(headStatistics(shifted, 5, 5)).toEqual({ entropy: 0, diagonal: 0, previous: 1 })
  })

  test('has a thumbnail for each head, with badges, notable ones emphasized', () => {
    const grid = headGrid({
      title: 't',
      queries: 3,
      keys: 2,
      layers: [
        [first, second],
        [second, first],
      ],
    })
    expect(all(grid, 'image')).toHaveLength(4)
    const heads = all(grid, 'g').filter(({ attributes }) => 'data-layer' in attributes)
    expect(heads.map(({ attributes }) => [attributes['data-layer'], attributes['data-head']])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ])
    const badges = all({ ...grid, content: [heads[0]] }, 'text')
    expect(badges.map(({ children }) => children[0])).toEqual([
      `H ${headStatistics(first, 3, 2).entropy.toFixed(2)}`,
      'D .82',
      'P .62',
    ])
    expect(badges.map(({ attributes }) => attributes['font-weight'])).toEqual([undefined, 600, 600])
  })

  test('of many heads has small thumbnails, without badges', () => {
    const layers = Array.from({ length: 6 }, () => Array.from({ length: 16 }, () => second))
    const grid = headGrid({ title: 't', queries: 3, keys: 2, layers })
    expect(grid.width).toBeLessThan(1000)
    expect(texts(grid).some((text) => String(text).startsWith('H '))).toBe(false)
  })
})

test.each(['light', 'dark'] as const)('all of them are drawn by another program on %s paper', (theme) => {
  const pictures = [
    attentionHeads({ title: 't', queries, keys, weights: [first, second], query: 1 }),
    attentionMatrix({ title: 't', queries, keys, values: first, scale: 'weights' }),
    headGrid({ title: 't', queries: 3, keys: 2, layers: [[first, second]] }),
  ]
  for (const picture of pictures) expect(rendered(svgText(picture, theme)).inked).toBeGreaterThan(0.02)
})
