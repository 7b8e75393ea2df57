import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanUpSpaces, stripSpaces } from '#dist/language/text/sentences/spaces.js'

describe('stripSpaces', () => {
  it("strips the characters of Python's str.strip() from both ends", () => {
    // str.isspace() of '\x1b\x1c\x1d\x1e\x1f\x20\x85\xa0\u2003\u2028\u200b\ufeff' is true for all but the first and the last two.
    for (const space of '\x1c\x1d\x1e\x1f \x85\xa0\u2003\u2028\t\n\r')
      expect(stripSpaces(`${space}a b${space}`)).toBe('a b')
    for (const other of '\x1b\u200b\ufeff') expect(stripSpaces(`${other}a${other}`)).toBe(`${other}a${other}`)
    expect(stripSpaces(' \x1c ')).toBe('')
  })
})

describe('cleanUpSpaces', () => {
  it('makes the replacements of Hugging Face', () => {
    // PreTrainedTokenizerBase.clean_up_tokenization.
    const steps = [
      ...[' .', ' ?', ' !', ' ,'].map((from) => [from, from.trim()]),
      [" ' ", "'"],
      ...[" n't", " 'm", " 's", " 've", " 're"].map((from) => [from, from.trim()]),
    ]
    const reference = (text: string) => steps.reduce((done, [from, to]) => done.replaceAll(from, to), text)
    const token = fc.constantFrom('a', '.', '?', '!', ',', "'", "n't", "'m", "'s", "'ve", "'re", ';', "'t")
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        expect(cleanUpSpaces(tokens.join(' '))).toBe(reference(tokens.join(' ')))
      }),
    )
  })
})
