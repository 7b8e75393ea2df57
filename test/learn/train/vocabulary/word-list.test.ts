import { describe, expect, it } from 'vitest'
import { createWordsTokenizer } from '#dist/language/text/tokenizer/words-tokenizer.js'
import { WordListTrainer } from '#dist/learn/train/vocabulary/words-vocabulary.js'

function train(texts: string[], size = 100): string[] {
  const trainer = new WordListTrainer(size)
  for (const text of texts) trainer.add(text)
  return trainer.train().split('\n').slice(0, -1)
}

describe('WordListTrainer', () => {
  it('lists the most frequent words first, equal ones in their order, between the special words', () => {
    expect(train(['b a  c', 'c b', 'b \t d'])).toEqual(['</s>', '<unk>', 'b', 'c', 'a', 'd', '<pad>'])
  })

  it('orders equal ones by code point, also beyond U+FFFF', () => {
    const words = ['\u{1f600}', '\uff5e', 'z', 'za', '\u{1f601}']
    expect(train([words.join(' ')]).slice(2, -1)).toEqual(['z', 'za', '\uff5e', '\u{1f600}', '\u{1f601}'])
  })

  it('leaves out words beyond its size', () => {
    expect(train(['a a a b b c'], 5)).toEqual(['</s>', '<unk>', 'a', 'b', '<pad>'])
    expect(train(['a a a b b c'], 4)).toEqual(['</s>', '<unk>', 'a', '<pad>'])
  })

  it('has the special words once, even if a text has them', () => {
    expect(train(['a </s> <pad> <unk>'])).toEqual(['</s>', '<unk>', 'a', '<pad>'])
  })

  it('makes a list that the tokenizer of words reads, with joined parts put together', () => {
    const list = `${train(['un@@ believ@@ able news', 'he@@ llo']).join('\n')}\n`
    const tokenizer = createWordsTokenizer({ source: list, joiner: '@@', where: 'list' })
    const roundTrip = (text: string) => tokenizer.decode(tokenizer.encodeTarget(text))
    expect(roundTrip('un@@ believ@@ able news')).toBe('unbelievable news')
    expect(roundTrip('news he@@ llo')).toBe('news hello')
    expect(roundTrip('news he@@')).toBe('news he')
    expect(createWordsTokenizer({ source: list, where: 'list' }).decode(tokenizer.encodeTarget('he@@ llo'))).toBe(
      'he@@ llo',
    )
  })

  it('refuses sizes without room for a word, and texts without words', () => {
    expect(() => train(['a'], 3)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
    expect(() => train(['  '])).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
  })
})
