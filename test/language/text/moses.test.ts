import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MosesPieces, MosesText, normalPunctuation } from '#dist/language/text/moses/moses-pieces.js'
import { MosesWords } from '#dist/language/text/moses/moses-words.js'
import { SubwordCodes } from '#dist/language/text/moses/subword-codes.js'

/** The answers of sacremoses and subword-nmt: moses_answers.py beside them. */
const { codes, oldCodes, cases, joins } = JSON.parse(
  readFileSync(new URL('../../golden/moses/moses.json', import.meta.url), 'utf8'),
) as {
  codes: string
  oldCodes: string
  cases: {
    language: string
    text: string
    normal: string
    tokens: string[]
    pieces: string[]
    old: string[]
    joined: string
  }[]
  joins: { language: string; tokens: string[]; joined: string }[]
}

describe('texts become the tokens of Moses and the pieces of subword-nmt', () => {
  const [list, old] = [new SubwordCodes(codes, 'codes'), new SubwordCodes(oldCodes, 'codes')]
  test.each(cases)('$language: $text', ({ language, text, normal, tokens, pieces, old: oldPieces, joined }) => {
    expect(normalPunctuation(text, language)).toBe(normal)
    expect(new MosesWords(language).cut(normal)).toEqual(tokens)
    const cutter = new MosesPieces(list, language)
    expect(cutter.encodePieces(text)).toEqual(pieces)
    expect(tokens.flatMap((token) => old.cut(token))).toEqual(oldPieces)
    expect(cutter.decodePieces(pieces)).toBe(joined)
  })
})

test.each(joins)('$language: tokens are joined to $joined', ({ language, tokens, joined }) => {
  expect(new MosesText(language).join(tokens)).toBe(joined)
})

test.each([
  ['#version: 0.3\na b\n', 'ERR_UNSUPPORTED', '0.3'],
  ['a b\nabc\n', 'ERR_TOKENIZER_FORMAT', 'line 2'],
  ['#version: 0.2\na b c\n', 'ERR_TOKENIZER_FORMAT', 'line 2'],
])('the codes %j are refused', (text, code, words) => {
  expect(() => new SubwordCodes(text, 'bpe.model')).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(words) }),
  )
})
