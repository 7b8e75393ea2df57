import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinSentences } from '#dist/language/text/sentences/sentences.js'
import { cleanUpSpaces, stripSpaces } from '#dist/language/text/sentences/spaces.js'
import { TextStream } from '#dist/use/translate/sentences/source-translation.js'

const told = (stream: TextStream, index: number, text: string, isWhole: boolean) =>
  isWhole ? stream.end(index, text) : stream.grow(index, () => text)

describe('a stream of text', () => {
  it('yields the sentences with the spaces between them, in whatever order they grow', () => {
    const sentence = fc.record({ text: fc.string({ maxLength: 6 }), order: fc.array(fc.nat(99), { maxLength: 4 }) })
    const property = fc.property(fc.array(sentence, { minLength: 1, maxLength: 6 }), fc.nat(), (sentences, seed) => {
      const spaces = ['', ...sentences.map((_, i) => [' ', '\n\n', '', '  '][(i + seed) % 4])]
      const pieces: string[] = []
      const stream = new TextStream(spaces, (text) => pieces.push(text))
      const events = sentences.flatMap(({ text, order }, index) => {
        const characters = [...text]
        const lengths = order.map((share) => Math.floor((share * characters.length) / 100)).sort((a, b) => a - b)
        const begun = lengths.map((length) => ({ text: characters.slice(0, length).join(''), ended: false }))
        const parts = [...begun, { text, ended: true }]
        return parts.map((part, i) => ({ ...part, index, at: i + ((index * 7919 + seed) % 5) }))
      })
      events.sort((a, b) => a.at - b.at)
      for (const { index, text, ended } of events) told(stream, index, text, ended)
      const texts = sentences.map(({ text }) => text)
      expect(pieces.join('')).toBe(joinSentences(texts, spaces))
      expect(pieces).not.toContain('')
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('yields text as soon as it is certain, and holds back later text', () => {
    const pieces: string[] = []
    const stream = new TextStream([' ', ' ', '\n'], (text) => pieces.push(text))
    stream.end(1, 'b')
    expect(pieces).toEqual([])
    stream.grow(0, () => 'a')
    expect(pieces).toEqual([' a'])
    stream.end(0, 'aa')
    expect(pieces).toEqual([' a', 'a b\n'])
  })

  it('waits for the bytes of an incomplete character', () => {
    const pieces: string[] = []
    const stream = new TextStream(['', ''], (text) => pieces.push(text))
    stream.grow(0, () => 'a\uFFFD')
    stream.grow(0, () => 'aé')
    stream.end(0, 'aé\uFFFD')
    expect(pieces).toEqual(['a', 'é', '\uFFFD'])
  })

  it('sends no space that is removed when more of the text is known', () => {
    const parts = ['a', ' a', " '", "'", ' n', 'n', ' .', 't', 'v', 'e', 'r', ' b', 's', '\uFFFD']
    const cleaned = (ids: readonly number[]) => cleanUpSpaces(stripSpaces(ids.map((id) => parts[id]).join('')))
    const property = fc.property(fc.array(fc.nat(parts.length - 1), { minLength: 1, maxLength: 12 }), (ids) => {
      const pieces: string[] = []
      const stream = new TextStream(['', ''], (text) => pieces.push(text))
      for (let length = 1; length <= ids.length; length++)
        told(stream, 0, cleaned(ids.slice(0, length)), length === ids.length)
      expect(pieces.join('')).toBe(cleaned(ids))
    })
    fc.assert(property, { numRuns: 3000 })
  })

  it('looks at each sentence and each space repeatedly only while it grows', () => {
    const count = 1000
    let [read, decoded] = [0, 0]
    const spaces = new Proxy(Array<string>(count + 1).fill(' '), {
      get(all, at) {
        read++
        return Reflect.get(all, at)
      },
    })
    const counted = (text: string) => () => {
      decoded += text.length
      return text
    }
    const stream = new TextStream(spaces, () => {})
    const word = 'letters'
    for (let i = 0; i < count; i++) {
      stream.grow(count - 1, counted(word))
      for (let length = 1; length < word.length; length++) stream.grow(i, counted(word.slice(0, length)))
      stream.end(i, word)
    }
    expect(read).toBe(count + 1)
    const isLast = word.length // only the last sentence is grown once more
    expect(decoded).toBe((count * word.length * (word.length - 1)) / 2 + isLast)
  })
})
