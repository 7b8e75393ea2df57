import { expect, test } from 'vitest'
import { attentionSteps } from '#dist/draw/attention-steps.js'
import { type NeuronDrawing, neuron } from '#dist/draw/neuron.js'
import { elements, marked, textOf, texts } from './marks.ts'

/** The article's example: q · k of 112 and 96 with a dHead of 64 are scores of 14 and 12, weights of 0.88 and 0.12. */
function article() {
  const q = new Float32Array(64).fill(1)
  const k = [new Float32Array(64).fill(112 / 64), new Float32Array(64).fill(96 / 64)]
  const v = [new Float32Array(64).fill(1), new Float32Array(64).fill(-1)]
  return { q, k, v }
}

const drawing = (changed: Partial<NeuronDrawing> = {}): NeuronDrawing => ({
  query: { token: 'Thinking', mark: 'source:0' },
  keys: [
    { token: 'Thinking', mark: 'source:0' },
    { token: 'Machines', mark: 'source:1' },
  ],
  where: 'encoder layer 1, head 1',
  ...article(),
  ...changed,
})

test("the steps are those of the article's example: 112 and 96, 14 and 12, 0.88 and 0.12", () => {
  const { q, k, v } = article()
  const { scores, scaled, weights, z } = attentionSteps(q, k, v)
  expect(Array.from(scores)).toEqual([112, 96])
  expect(Array.from(scaled)).toEqual([14, 12])
  expect(weights[0]).toBeCloseTo(0.8808, 4)
  expect(weights[1]).toBeCloseTo(0.1192, 4)
  expect(z[0]).toBeCloseTo(0.8808 - 0.1192, 4)
})

test('a query ignores masked keys, and scores of any size have weights', () => {
  const big = (value: number) => [value, value]
  const { weights, scaled, z } = attentionSteps(big(300), [big(300), big(299), big(400)], [[1], [2], [3]], {
    visible: [0, 2],
  })
  expect(scaled[2]).toBe(-Infinity)
  expect(weights[2]).toBe(0)
  expect(weights[0] + weights[1]).toBeCloseTo(1, 12)
  expect(z[0]).toBeCloseTo(1, 6)
})

test('a row for each key shows q · k, the scaled score and the weight', () => {
  const [first, second] = marked(neuron(drawing()), 'data-row')
  expect(textOf(first).split(' ').filter(Boolean)).toEqual(['Thinking', '112.0', '14.00', '0.881'])
  expect(textOf(second).split(' ').filter(Boolean)).toEqual(['Machines', '96.00', '12.00', '0.119'])
  expect(second.attributes['data-token']).toBe('source:1')
})

test('a masked key has −∞ and no weight', () => {
  const [, second] = marked(neuron(drawing({ visible: [0, 1] })), 'data-row')
  expect(textOf(second)).toContain('−∞')
  expect(textOf(second)).toContain('0.000')
})

test('vectors are strips of few elements, however many tokens there are', () => {
  const row = () => Float32Array.from({ length: 64 }, (_, i) => Math.sin(i))
  const many = Array.from({ length: 200 }, (_, i) => ({ token: `t${i}`, mark: `source:${i}` }))
  const picture = neuron(drawing({ keys: many, k: many.map(row), v: many.map(row) }))
  expect(marked(picture, 'data-row')).toHaveLength(200)
  expect(elements(picture).length).toBeLessThan(2500)
})

test('a head of four dimensions shows its numbers', () => {
  const q = [1, -2, 0.5, 0]
  const shown = texts(neuron(drawing({ q, k: [q, q], v: [q, q] })))
  expect(shown).toContain('−2.00')
  expect(shown).toContain('4.00') // −2 · −2 of q × k
  expect(shown).toContain('3 ÷ √4')
})

test('a custom scale and relative position terms are applied', () => {
  const { scores, scaled, weights } = attentionSteps(
    [2, 0],
    [
      [1, 0],
      [1, 0],
    ],
    [[0], [1]],
    { scale: 1, added: [0, Math.log(3)] },
  )
  expect(scores[1]).toBeCloseTo(2 + Math.log(3), 12)
  expect(scaled[1]).toBe(scores[1])
  expect(weights[1]).toBeCloseTo(0.75, 12)
})
