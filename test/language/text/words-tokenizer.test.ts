import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWordsTokenizer, joinedText } from '#dist/language/text/tokenizer/words-tokenizer.js'

const source = '<pad>\n<unk>\n</s>\n1\n2\n3\n'

describe('createWordsTokenizer', () => {
  const tokenizer = createWordsTokenizer({ source, where: 'words.txt' })

  it('gives a word the number of its line, and an unknown one that of <unk>', () => {
    expect(tokenizer.encode(' 3 1\t\n2 x ')).toEqual([5, 3, 4, 1, 2])
    expect(tokenizer.encode(' \n')).toEqual([2])
    expect(tokenizer.encodeTarget('')).toEqual([2])
    expect(tokenizer.sourceSize).toBe(6)
  })

  it('decodes to words with a space between, without the end and padding', () => {
    expect(tokenizer.decode([0, 5, 1, 3, 2, 0])).toBe('3 <unk> 1')
    expect(tokenizer.decode([])).toBe('')
    expect(tokenizer.piece(5)).toBe('3')
  })

  it('joins words without white space where the joiner is empty, and reads the source by its own list', () => {
    const two = createWordsTokenizer({
      source,
      target: '<unk>\n</s>\nun\ndeux',
      joiner: '',
      sourceStart: 4,
      where: 'words.txt',
    })
    expect(two.decode([3, 2, 1])).toBe('deuxun')
    expect(two.encode('1 3')).toEqual([4, 3, 5, 2])
    expect(two.encode('2 3')).toEqual([4, 5, 2])
    expect(two.encode(' ')).toEqual([4, 2])
    expect(two.decodeSource([4, 3, 5, 2])).toBe('13')
    expect(joinedText(' 2 0\t23 ', '')).toBe('2023')
  })

  it('has a list for each side if it is given two', () => {
    const two = createWordsTokenizer({ source, target: '<unk>\r\n</s>\r\nun\r\ndeux', where: 'words.txt' })
    expect(two.encode('1 un')).toEqual([3, 1, 2])
    expect(two.encodeTarget('1 un')).toEqual([0, 2, 1])
    expect([two.decode([3, 2, 1]), two.piece(2), two.sourcePiece(2)]).toEqual(['deux un', 'un', '</s>'])
  })

  it.each([
    ['an empty line', '<unk>\n\n</s>', /line 2 is ""/],
    ['two words in a line', '<unk>\n</s>\na b', /line 3 is "a b"/],
    ['a word twice', '<unk>\na\n</s>\na', /lines 2 and 4 are both "a"/],
    ['a list without the end', '<unk>\na', /the word <\/s> is missing/],
    ['a list without an unknown word', '</s>\na', /the word <unk> is missing/],
  ])('refuses %s', (_, list, message) => {
    expect(() => createWordsTokenizer({ source: list, where: 'words.txt' })).toThrow(message)
    expect(() => createWordsTokenizer({ source: list, where: 'words.txt' })).toThrow(
      expect.objectContaining({ code: 'ERR_TOKENIZER_FORMAT' }),
    )
  })

  it('finds words in decomposed characters, as lists are composed', () => {
    const composed = createWordsTokenizer({ source: '</s>\n<unk>\n\u00e9t\u00e9\n', where: 'words.txt' })
    expect(composed.encode('e\u0301te\u0301')).toEqual([2, 0])
  })

  it('joins subwords as subword-nmt does', () => {
    // sed -r 's/(@@ )|(@@ ?$)//g', as its README has it (github.com/rsennrich/subword-nmt).
    const reference = (text: string) => text.replace(/(@@ )|(@@ ?$)/g, '')
    const word = fc.constantFrom('a', 'b@@', '@@', '@@c', 'd@', 'e@@f')
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(joinedText(words.join(' '), '@@')).toBe(reference(words.join(' ')))
      }),
    )
  })

  it('refuses ids that the list does not have', () => {
    for (const id of [-1, 6, 0.5])
      expect(() => tokenizer.decode([id])).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
  })
})
