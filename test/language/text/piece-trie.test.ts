import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PieceTrie } from '#dist/language/text/sentencepiece/piece-trie.js'

const encoder = new TextEncoder()

/** The id of a text by the trie, or −1. */
function find(trie: PieceTrie, text: string): number {
  const bytes = encoder.encode(text)
  const node = trie.walk(PieceTrie.root, bytes, 0, bytes.length)
  return node < 0 ? -1 : trie.id[node]
}

const everything = () => true

describe('a trie of pieces', () => {
  it('has the texts that were added and no others, in any order of queries', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '▁', '😀', '\0', '\ud800'), maxLength: 6 })
    fc.assert(
      fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 80 }), fc.array(text), (texts, others) => {
        const ids = new Map(texts.map((each, id) => [String(encoder.encode(each)), id]))
        const trie = new PieceTrie(texts, everything)
        for (const each of [...others, ...texts, ...others])
          expect(find(trie, each)).toBe(each === '' ? -1 : (ids.get(String(encoder.encode(each))) ?? -1))
      }),
    )
  })

  it('keeps its texts when thousands of others make it grow', () => {
    const texts = Array.from({ length: 20_000 }, (_, id) => `${(id * 7919) % 20_011}.${id}`)
    const trie = new PieceTrie(texts, everything)
    const ids = [...texts.keys()]
    for (let round = 0; round < 2; round++) expect(texts.map((each) => find(trie, each))).toEqual(ids)
  })

  it('omits texts that are filtered out, and takes the last of equal texts', () => {
    const trie = new PieceTrie(['a', 'ab', 'a', 'b', ''], (id) => id !== 3)
    expect(['a', 'ab', 'b', ''].map((each) => find(trie, each))).toEqual([2, 1, -1, -1])
  })

  it('finds the longest text at a place', () => {
    const bytes = encoder.encode('xababc')
    const longest = (texts: string[]) => new PieceTrie(texts, everything).longest(bytes, 1, bytes.length)
    expect(longest(['a', 'aba', 'ababx', 'b'])).toBe(4)
    expect(longest(['b', 'xa'])).toBe(1)
    expect(longest([])).toBe(1)
  })
})
