import { expect, it } from 'vitest'
import type { Found } from '#dist/decode/search.js'
import { alternativesOf } from '#dist/translate/alternatives.js'

const found = (id: number, score: number, finishReason: Found['finishReason'] = 'end'): Found => ({
  ids: [id, 0],
  scores: [score, 0],
  score,
  finishReason,
})

it('where a sentence has fewer alternatives than another, its last one stands for those that it lacks', () => {
  const alternatives = alternativesOf(
    ['', ' ', '\n'],
    [
      [found(1, -1), found(2, -2), found(3, -3)],
      [found(4, -4), found(5, -5)],
    ],
    ([id]) => `w${id}`,
  )
  expect(alternatives.map(({ text, score }) => [text, score])).toEqual([
    ['w1 w4\n', -5],
    ['w2 w5\n', -7],
    ['w3 w5\n', -8],
  ])
  expect(alternatives[2]).toMatchObject({ ids: [3, 0, 5, 0], tokenScores: [-3, 0, -5, 0] })
})

it('joins more sentences than a call takes arguments', () => {
  const count = 150_000
  const [{ text, ids }] = alternativesOf(Array(count + 1).fill(''), Array(count).fill([found(1, -1)]), () => 'w')
  expect([text.length, ids.length]).toEqual([count, 2 * count])
})
