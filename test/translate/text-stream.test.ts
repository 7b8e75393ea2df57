import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinSentences } from '#dist/text/sentences.js'
import { cleanUpSpaces, stripSpaces } from '#dist/text/spaces.js'
import { TextStream } from '#dist/translate/text-stream.js'

/** Ids are code points here. */
const decode = (ids: readonly number[]) => String.fromCodePoint(...ids)
const codes = (text: string) => [...text].map((letter) => letter.codePointAt(0)!)

describe('a stream of text', () => {
  it('gives the sentences between their spaces, in whatever order they grow', () => {
    const sentence = fc.record({ text: fc.string({ maxLength: 6 }), order: fc.array(fc.nat(99), { maxLength: 4 }) })
    const property = fc.property(fc.array(sentence, { minLength: 1, maxLength: 6 }), fc.nat(), (sentences, seed) => {
      const spaces = ['', ...sentences.map((_, i) => [' ', '\n\n', '', '  '][(i + seed) % 4])]
      const pieces: string[] = []
      const stream = new TextStream(spaces, decode, (text) => pieces.push(text))
      const events = sentences.flatMap(({ text, order }, index) => {
        const ids = codes(text)
        const lengths = order.map((share) => Math.floor((share * ids.length) / 100)).sort((a, b) => a - b)
        const parts = [...lengths.map((length) => ({ ids: ids.slice(0, length), ended: false })), { ids, ended: true }]
        return parts.map((part, i) => ({ ...part, index, at: i + ((index * 7919 + seed) % 5) }))
      })
      events.sort((a, b) => a.at - b.at)
      for (const { index, ids, ended } of events) stream.grow(index, ids, ended)
      const texts = sentences.map(({ text }) => text)
      expect(pieces.join('')).toBe(joinSentences(texts, spaces))
      expect(pieces).not.toContain('')
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('gives text as soon as it is certain, and holds back what comes later', () => {
    const pieces: string[] = []
    const stream = new TextStream([' ', ' ', '\n'], decode, (text) => pieces.push(text))
    stream.grow(1, codes('b'), true)
    expect(pieces).toEqual([])
    stream.grow(0, codes('a'), false)
    expect(pieces).toEqual([' a'])
    stream.grow(0, codes('aa'), true)
    expect(pieces).toEqual([' a', 'a b\n'])
  })

  it('waits for the bytes of a character that is not complete', () => {
    const pieces: string[] = []
    const stream = new TextStream(['', ''], decode, (text) => pieces.push(text))
    stream.grow(0, codes('a\uFFFD'), false)
    stream.grow(0, codes('aé'), false)
    stream.grow(0, codes('aé\uFFFD'), true)
    expect(pieces).toEqual(['a', 'é', '\uFFFD'])
  })

  it('sends no space that is taken out when more of the text is known', () => {
    const parts = ['a', ' a', " '", "'", ' n', 'n', ' .', 't', 'v', 'e', 'r', ' b', 's', '\uFFFD']
    const cleaned = (ids: readonly number[]) => cleanUpSpaces(stripSpaces(ids.map((id) => parts[id]).join('')))
    const property = fc.property(fc.array(fc.nat(parts.length - 1), { minLength: 1, maxLength: 12 }), (ids) => {
      const pieces: string[] = []
      const stream = new TextStream(['', ''], cleaned, (text) => pieces.push(text))
      for (let length = 1; length <= ids.length; length++) stream.grow(0, ids.slice(0, length), length === ids.length)
      expect(pieces.join('')).toBe(cleaned(ids))
    })
    fc.assert(property, { numRuns: 3000 })
  })

  it('looks at each sentence and each space again and again only while it grows', () => {
    const count = 1000
    let [read, decoded] = [0, 0]
    const spaces = new Proxy(Array<string>(count + 1).fill(' '), {
      get(all, at) {
        read++
        return Reflect.get(all, at)
      },
    })
    const counted = (ids: readonly number[]) => {
      decoded += ids.length
      return decode(ids)
    }
    const stream = new TextStream(spaces, counted, () => {})
    const ids = codes('letters')
    for (let i = 0; i < count; i++)
      for (let length = 1; length <= ids.length; length++) stream.grow(i, ids.slice(0, length), length === ids.length)
    expect(read).toBe(count + 1)
    expect(decoded).toBe((count * ids.length * (ids.length + 1)) / 2)
  })
})
