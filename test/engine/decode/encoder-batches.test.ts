import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encoderBatches } from '#dist/engine/decode/batch/encoder-batches.js'

const chunked = (lengths: number[], tokens: number) =>
  encoderBatches(
    lengths.map((length) => ({ source: new Array<number>(length).fill(0) })),
    tokens,
  ).map((chunk) => chunk.map(({ source }) => source.length))

it('makes batches of nearly equal size, with about the given number of tokens', () => {
  expect(chunked([5, 5, 5, 5, 5], 10)).toEqual([[5, 5], [5, 5], [5]])
  expect(chunked([4, 4, 4], 10)).toEqual([[4, 4, 4]])
  expect(chunked([4, 4, 4, 4], 10)).toEqual([
    [4, 4],
    [4, 4],
  ])
})

it('makes no batch without sentences', () => {
  expect(chunked([], 10)).toEqual([])
  expect(chunked([30, 30], 10)).toEqual([[30], [30]])
})

it('keeps all sentences in order, and makes no batch that is longer by more than a sentence', () => {
  const property = fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }), (lengths) => {
    const chunks = chunked(lengths, 40)
    expect(chunks.flat()).toEqual(lengths)
    for (const chunk of chunks) {
      expect(chunk).not.toHaveLength(0)
      expect(chunk.reduce((a, b) => a + b)).toBeLessThan(1.5 * 40 + 30)
    }
  })
  fc.assert(property)
})
