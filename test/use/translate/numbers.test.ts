import { afterAll, expect, it } from 'vitest'
import { Translator } from '#dist/use/translate/translator.js'
import { roughLines } from '../../../bench/harness/rough-lines.ts'

const translator = await Translator.load(undefined, { workers: 1 })
afterAll(() => translator.close())

it('every number of two or more digits is in the translation, whatever the model generates', async () => {
  const lines = roughLines().filter(({ kind, line }) => kind === 'number' && /\d{2}/.test(line) && !/\b\d\b/.test(line))
  const some = lines.filter((_, i) => i % 8 === 0)
  expect(some.length).toBeGreaterThan(40)
  const translations = await translator.translate(some.map(({ line }) => line))
  some.forEach(({ whole }, i) => {
    for (const number of whole) expect(translations[i].text).toMatch(new RegExp(`(?<!\\d)${number}(?!\\d)`))
  })
})

it('a translation stays as the search has found it if its numbers are right, or are spelled differently', async () => {
  for (const line of [
    "J'ai 25 ans.",
    'Il est 20 h 30.',
    'Cela coûte 12 500 euros.',
    'Il mesure 1,85 mètre.',
    'Elle est née le 3/10/1987.',
  ]) {
    const [text, ids] = [
      await translator.translate(line),
      await translator.translate(translator.tokenizer.encode(line)),
    ]
    expect(text.ids, line).toEqual(ids.ids)
    expect(text.text, line).toBe(ids.text)
  }
})

it('streams the final text, and counts a number as often as it occurs', async () => {
  const line = 'Comptez 4655008 moutons et 4655008 chèvres.'
  const { text, spans } = await translator.translate(line)
  expect(text.match(/4655008/g)).toHaveLength(2)
  expect(spans ?? []).toEqual([])
  let streamed = ''
  for await (const { text: piece } of translator.stream(line)) streamed += piece
  expect(streamed).toBe(text)
})
