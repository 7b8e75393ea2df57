import { expect, it } from 'vitest'
import type { FinishReason } from '#dist/engine/decode/search/search.js'
import type { SentenceTranslation } from '#dist/use/translate/searches/sentence-search.js'
import { alternativesOf } from '#dist/use/translate/sentences/translation-maker.js'

const found = (id: number, score: number, finishReason: FinishReason = 'end'): SentenceTranslation => ({
  text: `w${id}`,
  spans: [],
  ids: [id, 0],
  scores: [score, 0],
  score,
  finishReason,
})

it('if a sentence has fewer alternatives than another, its last one is repeated', () => {
  const alternatives = alternativesOf(
    ['', ' ', '\n'].map((text) => ({ text, spans: [] })),
    [
      [found(1, -1), found(2, -2), found(3, -3)],
      [found(4, -4), found(5, -5)],
    ],
  )
  expect(alternatives.map(({ text, score }) => [text, score])).toEqual([
    ['w1 w4\n', -5],
    ['w2 w5\n', -7],
    ['w3 w5\n', -8],
  ])
  expect(alternatives[2]).toMatchObject({ ids: [3, 0, 5, 0], tokenScores: [-3, 0, -5, 0] })
})

it('joins more sentences than a call can have arguments', () => {
  const count = 150_000
  const around = Array(count + 1).fill({ text: '', spans: [] })
  const [{ text, ids }] = alternativesOf(around, Array(count).fill([found(1, -1)]))
  expect([text.length, ids.length]).toEqual([2 * count, 2 * count])
})

it('moves spans by the length of the texts before them', () => {
  const tag = (at: number, source: number) =>
    ({ start: at, end: at + 3, kind: 'mark', source: { start: source, end: source + 3 } }) as const
  const [{ text, spans }] = alternativesOf(
    [
      { text: '<a>', spans: [tag(0, 0)] },
      { text: '\n', spans: [] },
    ],
    [[{ ...found(1, -1), text: 'w <b>', spans: [tag(2, 5)] }]],
  )
  expect(text).toBe('<a>w <b>\n')
  expect(spans).toEqual([tag(0, 0), tag(5, 5)])
})
