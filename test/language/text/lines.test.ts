import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitLines } from '#dist/language/text/sentences/lines.js'
import { joinSentences, splitSentences } from '#dist/language/text/sentences/sentences.js'

describe('splitLines', () => {
  it.each(['\n', '\r\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029'])('cuts at %j, and keeps it', (end) => {
    expect(splitLines(` a b ${end}${end}\tc`)).toEqual({
      sentences: ['a b', 'c'],
      spaces: [' ', ` ${end}${end}\t`, ''],
    })
  })

  it('keeps a text of white space as it is', () => {
    for (const text of ['', ' \n', '\u0085\ufeff']) expect(splitLines(text)).toEqual({ sentences: [], spaces: [text] })
  })

  const any = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...' \n\r\t\v\f\u0085\u00a0\u1680\u2007\u2028\u2029\u202f\u3000\ufeff\u001c.!?»"aA'),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
  })

  it('and splitSentences lose nothing of any text, and leave no white space at the ends of sentences', () => {
    fc.assert(
      fc.property(any, (text) => {
        for (const { sentences, spaces } of [splitLines(text), splitSentences(text)]) {
          expect(joinSentences(sentences, spaces)).toBe(text)
          for (const sentence of sentences) expect(sentence).toMatch(/^[^\p{White_Space}\ufeff]/u)
          for (const sentence of sentences) expect(sentence).toMatch(/[^\p{White_Space}\ufeff]$/u)
          for (const space of spaces) expect(space).toMatch(/^[\p{White_Space}\p{Cc}\ufeff]*$/u)
        }
        // No sentence goes over a line's end.
        for (const sentence of splitSentences(text).sentences)
          expect(splitLines(sentence).sentences).toEqual([sentence])
      }),
      { numRuns: 1000 },
    )
  })

  it('takes a megabyte of one line, or of line ends, in linear time', () => {
    for (const part of ['a ', '\n', ' ', '\u3000a']) {
      const text = part.repeat(1_000_000 / part.length)
      const { sentences, spaces } = splitLines(text)
      expect(joinSentences(sentences, spaces)).toBe(text)
    }
  })
})
