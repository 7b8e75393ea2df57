import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PairTokenizer } from '#dist/language/text/pairs/index.js'
import { goldens } from '../../../use/encode/golden-folders.ts'

/** Whose goldens were made with another step before the tokenizer. */
const usual = goldens.filter(({ name }) => name !== 'st-lower-short')

const tokenizerOf = (model: string) => {
  const path = `${model}/tokenizer.json`
  return new PairTokenizer(JSON.parse(readFileSync(path, 'utf8')), path)
}

/** Places in code points, as Python has them, of places in code units. */
const inCodePoints = (text: string) => (at: number) => Array.from(text.slice(0, at)).length

describe.each(usual)('$name', ({ model, cases, max_length: maxLength }) => {
  const tokenizer = tokenizerOf(model)

  it('ids, segments and texts are those of transformers', () => {
    for (const { text, pair, ...expected } of cases) {
      const { ids, types } = tokenizer.encode(text, pair, { maxLength })
      expect(ids).toEqual(expected.input_ids)
      if (expected.token_type_ids) expect(types).toEqual(expected.token_type_ids)
      expect(tokenizer.decode(ids, true)).toBe(expected.decoded)
      expect(tokenizer.decode(ids)).toBe(expected.decoded_skip_special)
    }
  })

  it('ids with places are the same ids, and places of plain texts are those of transformers', () => {
    for (const { text, pair = '', ...expected } of cases) {
      const placed = tokenizer.place(text, pair, { maxLength })
      expect(placed.ids).toEqual(expected.input_ids)
      // Clusters of several characters and bytes of emoji have other places there.
      if (/[^\x20-\x7eà-üÀ-Ü’…]| {2}|<|\[/.test(text + pair)) continue
      const at = [text, pair].map(inCodePoints)
      const places = placed.places.map((place) => {
        const token = placed.tokens[place]
        return token ? [at[token.text](token.begin), at[token.text](token.end)] : [0, 0]
      })
      expect(places).toEqual(expected.offset_mapping)
    }
  })
})

it('cuts the longer text, or the one that is named', () => {
  const tokenizer = tokenizerOf(goldens.find(({ name }) => name === 'bert-cls')!.model)
  const [long, short] = ['one two three four five six seven eight nine ten', 'one two']
  const of = (truncation: 'longest_first' | 'only_first' | 'only_second') =>
    tokenizer.encode(long, short, { maxLength: 12, truncation })
  const second = tokenizer.idsOf(short)
  expect(of('only_first').ids.slice(-second.length - 1, -1)).toEqual(second)
  expect(of('longest_first').ids.length).toBe(12)
  expect(
    tokenizer.encode(short, long, { maxLength: 12, truncation: 'only_second' }).ids.slice(1, 1 + second.length),
  ).toEqual(second)
  expect(of('only_second').truncated).toBe(true)
})

it('lone surrogates and empty texts are texts', () => {
  const tokenizer = tokenizerOf(goldens[0].model)
  expect(tokenizer.encode('\ud800 a').ids.length).toBeGreaterThan(2)
  expect(tokenizer.encode('').ids.length).toBe(tokenizer.around(false))
})
