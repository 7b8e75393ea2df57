import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { learnMerges } from '#dist/learn/train/vocabulary/bpe-trainer.js'
import { seedPieces } from '#dist/learn/train/vocabulary/seed-pieces.js'
import { SegmentationModel } from '#dist/learn/train/vocabulary/segmentation-model.js'
import { digamma, learnUnigram } from '#dist/learn/train/vocabulary/unigram-trainer.js'
import { cutUnits } from '#dist/learn/train/vocabulary/units.js'

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '語'), minLength: 1, maxLength: 8 })
const units = fc
  .uniqueArray(fc.record({ text: word, count: fc.integer({ min: 1, max: 9 }) }), {
    selector: (unit) => unit.text,
    minLength: 1,
    maxLength: 12,
  })
  .map((list) => list)

/** All segmentations of a text into the pieces of a list. */
function segmentations(text: string, pieces: readonly string[]): string[][] {
  if (text === '') return [[]]
  return pieces.flatMap((piece) =>
    text.startsWith(piece) ? segmentations(text.slice(piece.length), pieces).map((rest) => [piece, ...rest]) : [],
  )
}

describe('cutUnits', () => {
  it('splits where the script changes, and keeps ▁ and marks with their neighbors', () => {
    const { units: cut } = cutUnits(
      new Map([
        ['▁Tom.', 3],
        ['▁Томas!', 1],
        ['▁e\u0301a', 1],
        ['▁東京タワー', 1],
      ]),
    )
    expect(cut.map(({ text }) => text).sort()).toEqual(
      ['▁Tom', '.', '▁Том', 'as', '!', '▁e\u0301a', '▁東京タワー'].sort(),
    )
  })

  it('adds up units that are equal after the split', () => {
    const { units: cut } = cutUnits(
      new Map([
        ['▁Tom.', 3],
        ['▁Tom!', 2],
        ['▁Tom', 1],
      ]),
    )
    expect(cut[0]).toEqual({ text: '▁Tom', count: 6 })
  })

  it('splits at NUL, which is not a piece', () => {
    const { units: cut, characters } = cutUnits(new Map([['aa\0ab', 1]]))
    expect(characters).toEqual([
      ['a', 3],
      ['b', 1],
    ])
    expect(cut.map(({ text }) => text).sort()).toEqual(['aa', 'ab'])
  })
})

describe('seedPieces', () => {
  it('finds the substrings that occur twice, and less often when they are longer', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 2, max: 5 }), (list, longest) => {
        const counts = new Map<string, number>()
        const followers = new Map<string, Set<string>>()
        for (const { text, count } of list) {
          const characters = [...text]
          for (let begin = 0; begin < characters.length; begin++)
            for (let end = begin + 2; end <= Math.min(characters.length, begin + longest); end++) {
              const substring = characters.slice(begin, end).join('')
              counts.set(substring, (counts.get(substring) ?? 0) + count)
              const next = followers.get(substring) ?? new Set()
              followers.set(substring, next.add(characters[end] ?? 'END'))
            }
        }
        const expected = [...counts].filter(([text, count]) => {
          const next = followers.get(text)!
          // Among the longest ones, only those that occur in two places are nodes of the tree.
          const places = list.reduce(
            (sum, unit) => sum + unit.text.split('').filter((_, k) => unit.text.startsWith(text, k)).length,
            0,
          )
          return count >= 2 && (next.size > 1 || next.has('END') || ([...text].length === longest && places > 1))
        })
        const found = seedPieces(list, longest, 1000)
        expect(found.map(({ text, count }) => [text, count]).sort()).toEqual(expected.sort())
        for (const { text, length } of found) expect([...text].length).toBe(length)
      }),
    )
  })

  it('keeps those that cover most', () => {
    const found = seedPieces(
      [
        { text: 'abc', count: 5 },
        { text: 'abd', count: 4 },
      ],
      16,
      2,
    )
    expect(found.map(({ text }) => text)).toEqual(['ab', 'abc'])
  })
})

describe('SegmentationModel', () => {
  const pieces = ['a', 'b', 'c', 'é', '語', 'ab', 'abc', 'bc', 'é語', 'aa']
  const scores = fc.array(fc.double({ min: -6, max: -0.1, noNaN: true }), {
    minLength: pieces.length,
    maxLength: pieces.length,
  })

  it('expects of every piece the sum over all segmentations', () => {
    fc.assert(
      fc.property(units, scores, (list, values) => {
        const model = new SegmentationModel(pieces, Float64Array.from(values))
        const expected = new Map(pieces.map((piece) => [piece, 0]))
        let logLikelihood = 0
        for (const { text, count } of list) {
          const ways = segmentations(text, pieces).map((cut) => ({
            cut,
            probability: Math.exp(cut.reduce((sum, piece) => sum + values[pieces.indexOf(piece)], 0)),
          }))
          const all = ways.reduce((sum, { probability }) => sum + probability, 0)
          logLikelihood += count * Math.log(all)
          for (const { cut, probability } of ways)
            for (const piece of cut) expected.set(piece, expected.get(piece)! + (count * probability) / all)
        }
        const found = model.expect(list)
        expect(found.logLikelihood).toBeCloseTo(logLikelihood, 6)
        for (const [k, piece] of pieces.entries()) expect(found.counts[k]).toBeCloseTo(expected.get(piece)!, 6)
      }),
    )
  })

  it('expects the same of a long text as of its parts', () => {
    const model = new SegmentationModel(['a', 'b', 'ab', 'c'], Float64Array.of(-3, -4, -5, -2))
    const part = model.expect([{ text: 'abc', count: 2 }])
    const long = model.expect([{ text: 'abc'.repeat(1000), count: 2 }])
    expect(long.logLikelihood / 1000).toBeCloseTo(part.logLikelihood, 9)
    for (const [k, count] of part.counts.entries()) expect(long.counts[k] / 1000).toBeCloseTo(count, 9)
  })

  it('finds the best segmentation, with and without a piece', () => {
    fc.assert(
      fc.property(word, scores, fc.integer({ min: -1, max: pieces.length - 1 }), (text, values, without) => {
        const model = new SegmentationModel(pieces, Float64Array.from(values))
        const sum = (cut: string[]) => cut.reduce((all, piece) => all + values[pieces.indexOf(piece)], 0)
        const ways = segmentations(
          text,
          pieces.filter((_, k) => k !== without),
        )
        const found = model.best(text, without)
        if (ways.length === 0) expect(found).toBeNull()
        else {
          expect(found!.score).toBeCloseTo(Math.max(...ways.map(sum)), 9)
          expect(found!.pieces.map((piece) => pieces[piece]).join('')).toBe(text)
        }
      }),
    )
  })

  it('ignores pieces that were dropped', () => {
    const model = new SegmentationModel(['a', 'b', 'ab'], Float64Array.of(-3, -3, -1))
    model.drop([2])
    expect(model.best('ab')!.pieces).toEqual([0, 1])
    expect(model.left()).toEqual([0, 1])
  })
})

describe('digamma', () => {
  it.each([
    [1, -0.5772156649015329],
    [0.5, -1.9635100260214235],
    [10, 2.251752589066721],
    [1e6, 13.815510057964191],
  ])('of %d is %d', (argument, value) => expect(digamma(argument)).toBeCloseTo(value, 9))
})

describe('learnUnigram', () => {
  const limits = { longest: 16, taken: new Set<string>() }

  it('learns words that recur, and keeps every character', () => {
    const words = new Map([
      ['▁xanadu', 50],
      ['▁kubla', 40],
      ['▁xanadukubla', 2],
      ['▁q', 1],
    ])
    const learned = learnUnigram(cutUnits(words), { ...limits, pieces: 14 })
    const texts = learned.map(({ piece }) => piece)
    for (const piece of ['▁xanadu', '▁kubla', 'q', 'x', 'u']) expect(texts).toContain(piece)
    expect(learned).toHaveLength(14)
    expect(learned.map(({ score }) => score)).toEqual(learned.map(({ score }) => score).sort((a, b) => b - a))
  })

  it('never learns more than is asked for, nor a reserved text', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 12 }), (list, more) => {
        const cut = cutUnits(new Map(list.map(({ text, count }) => [text, count])))
        const pieces = cut.characters.length + more
        const learned = learnUnigram(cut, { ...limits, pieces, taken: new Set(['ab']) })
        expect(learned.length).toBeLessThanOrEqual(pieces)
        expect(learned.map(({ piece }) => piece)).not.toContain('ab')
        for (const [character] of cut.characters) expect(learned.map(({ piece }) => piece)).toContain(character)
        for (const { score } of learned) expect(score).toBeLessThan(0.6)
      }),
    )
  })
})

describe('learnMerges', () => {
  /** The definition: count all pairs anew before every merge. */
  function slowly(list: { text: string; count: number }[], merges: number): string[] {
    let words = list.map(({ text, count }) => ({ symbols: [...text], count }))
    const learned: string[] = []
    while (learned.length < merges) {
      const counts = new Map<string, { left: string; right: string; count: number }>()
      for (const { symbols, count } of words)
        for (let k = 0; k + 1 < symbols.length; k++) {
          const key = `${symbols[k]} ${symbols[k + 1]}`
          const pair = counts.get(key) ?? { left: symbols[k], right: symbols[k + 1], count: 0 }
          counts.set(key, { ...pair, count: pair.count + count })
        }
      const length = ({ left, right }: { left: string; right: string }) => [...left, ...right].length
      const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
      const best = [...counts.values()].sort(
        (a, b) => b.count - a.count || length(a) - length(b) || order(a.left + a.right, b.left + b.right),
      )
      if (best.length === 0) break
      const { left, right } = best[0]
      words = words.map(({ symbols, count }) => {
        const merged: string[] = []
        for (let k = 0; k < symbols.length; k++)
          if (symbols[k] === left && symbols[k + 1] === right) {
            merged.push(left + right)
            k++
          } else merged.push(symbols[k])
        return { symbols: merged, count }
      })
      if (!learned.includes(left + right)) learned.push(left + right)
    }
    return learned
  }

  it('merges the same pairs as counting anew would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 7 })
    const list = fc.uniqueArray(fc.record({ text: letters, count: fc.integer({ min: 1, max: 99 }) }), {
      selector: (unit) => unit.text,
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(list, fc.integer({ min: 0, max: 10 }), (all, merges) => {
        const cut = cutUnits(new Map(all.map(({ text, count }) => [text, count])))
        const learned = learnMerges(cut, { pieces: cut.characters.length + merges, longest: 16, taken: new Set() })
        const texts = learned.map(({ piece }) => piece)
        const count = texts.length - cut.characters.length
        expect(texts.slice(0, count)).toEqual(slowly(all, merges))
        expect(texts.slice(count)).toEqual(cut.characters.map(([character]) => character))
        expect(learned.map(({ score }) => score)).toEqual(texts.map((_, rank) => -rank))
      }),
    )
  })

  it('makes no piece that is too long or reserved', () => {
    const cut = cutUnits(new Map([['abcdef', 10]]))
    const texts = learnMerges(cut, { pieces: 100, longest: 3, taken: new Set(['ab']) }).map(({ piece }) => piece)
    expect(texts).not.toContain('ab')
    expect(Math.max(...texts.map((text) => text.length))).toBe(3)
  })
})
