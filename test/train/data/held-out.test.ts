import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pair } from '#dist/train/data/corpus.js'
import { chooseHeldOut, sentenceKey, splitGroups, withoutHeldOut } from '#dist/train/data/held-out.js'
import { all, stream } from './files.ts'

// Few sentences, so that pairs share many.
const sentence = fc.integer({ min: 0, max: 60 }).map((k) => `Sentence ${k}`)
const pairs = fc.array(fc.record({ source: sentence, target: sentence }), { maxLength: 120 })

/** Whether two parts have a sentence of one side in common. */
function share(a: readonly Pair[], b: readonly Pair[]): boolean {
  return (['source', 'target'] as const).some((side) => {
    const keys = new Set(a.map((pair) => sentenceKey(pair[side])))
    return b.some((pair) => keys.has(sentenceKey(pair[side])))
  })
}

describe('sentenceKey', () => {
  it.each([
    ['Où es-tu ?', 'ou es tu!'],
    ['ﬁn', 'FIN.'],
    ['Tom’s', "Tom's"],
  ])('%j and %j are the same sentence', (a, b) => expect(sentenceKey(a)).toBe(sentenceKey(b)))

  it('tells texts without letters apart', () => expect(sentenceKey('?')).not.toBe(sentenceKey('!')))
})

describe('splitGroups', () => {
  it('loses no pair, and no sentence is in two parts', () => {
    fc.assert(
      fc.property(pairs, fc.nat(20), fc.nat(20), fc.nat(), (list, validation, test, seed) => {
        const split = splitGroups(list, { validation, test, seed })
        const everything = [...split.train, ...split.validation, ...split.test]
        const sorted = (some: readonly Pair[]) => some.map(({ source, target }) => `${source}|${target}`).sort()
        expect(sorted(everything)).toEqual(sorted(list))
        expect(split.validation.length).toBeLessThanOrEqual(validation)
        expect(split.test.length).toBeLessThanOrEqual(test)
        expect(share(split.train, split.validation)).toBe(false)
        expect(share(split.train, split.test)).toBe(false)
        expect(share(split.validation, split.test)).toBe(false)
      }),
    )
  })

  it('keeps pairs together that share a sentence only through others', () => {
    const chain = [
      { source: 'a', target: 'x' },
      { source: 'b', target: 'x' },
      { source: 'b', target: 'y' },
    ]
    const others = Array.from({ length: 50 }, (_, k) => ({ source: `s${k}`, target: `t${k}` }))
    for (let seed = 0; seed < 20; seed++) {
      const { train, validation } = splitGroups([...chain, ...others], { validation: 30, seed })
      expect(validation).toHaveLength(30)
      expect(train.filter(({ source }) => source === 'a' || source === 'b')).toHaveLength(3) // 3 > 30 / 20
    }
  })

  it('decides by the seed', () => {
    const list = Array.from({ length: 100 }, (_, k) => ({ source: `s${k}`, target: `t${k}` }))
    const split = (seed: number) => splitGroups(list, { validation: 10, seed }).validation
    expect(split(1)).toEqual(split(1))
    expect(split(1)).not.toEqual(split(2))
  })

  it('refuses sizes that are none', () => {
    expect(() => splitGroups([], { validation: -1 })).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })
})

describe('chooseHeldOut and withoutHeldOut', () => {
  it('leave no sentence of a held-out pair in training', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, fc.nat(10), fc.nat(10), fc.nat(), async (list, validation, test, seed) => {
        const heldOut = await chooseHeldOut(stream(list), { validation, test, seed })
        const training = withoutHeldOut(stream(list), heldOut)
        const train = await all(training)
        expect(train.length + training.dropped).toBe(list.length)
        expect(share(train, heldOut.validation)).toBe(false)
        expect(share(train, heldOut.test)).toBe(false)
        expect(share(heldOut.validation, heldOut.test)).toBe(false)
      }),
    )
  })

  it('hold out as many as asked for, whatever the order of the corpus', async () => {
    const list = Array.from({ length: 3000 }, (_, k) => ({ source: `s${k}`, target: `t${k % 2500}` }))
    const sizes = { validation: 100, test: 50, seed: 3 }
    const one = await chooseHeldOut(stream(list), sizes)
    const other = await chooseHeldOut(stream(list.toReversed()), sizes)
    expect(one.validation).toHaveLength(100)
    expect(one.test).toHaveLength(50)
    expect(other).toEqual(one)
  })

  it('change little when the corpus grows', async () => {
    const list = Array.from({ length: 2000 }, (_, k) => ({ source: `s${k}`, target: `t${k}` }))
    const before = await chooseHeldOut(stream(list.slice(0, 1800)), { validation: 100 })
    const after = await chooseHeldOut(stream(list), { validation: 100 })
    const kept = after.validation.filter(({ source }) => before.sourceKeys.has(source))
    expect(kept.length).toBeGreaterThan(70)
  })
})
