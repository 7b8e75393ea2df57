import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pair } from '#dist/learn/train/pairs/corpus.js'
import {
  chooseHeldOut,
  countSharing,
  heldOutOf,
  sentenceKey,
  withoutHeldOut,
} from '#dist/learn/train/pairs/held-out.js'
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

  it('distinguishes texts without letters', () => expect(sentenceKey('?')).not.toBe(sentenceKey('!')))
})

describe('chooseHeldOut and withoutHeldOut', () => {
  it('leave no sentence of a held-out pair in training', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, fc.nat(10), fc.nat(), async (list, wanted, seed) => {
        const heldOut = await chooseHeldOut(stream(list), { wanted, seed })
        const left = list.filter((pair) => !share([pair], heldOut.validation))
        fc.pre(left.length > 0)
        const train = await all(withoutHeldOut(stream(list), heldOut))
        expect(share(train, heldOut.validation)).toBe(false)
        expect(train).toEqual(left)
        expect(await countSharing(stream(list), heldOut)).toBe(list.length - left.length)
        expect(heldOutOf(heldOut.validation)).toEqual(heldOut)
      }),
    )
  })

  it('report when none is left to train on', async () => {
    const list = Array.from({ length: 40 }, (_, k) => ({ source: `sentence ${k}`, target: k % 2 ? 'yes' : 'no' }))
    const heldOut = await chooseHeldOut(stream(list), { wanted: 4, seed: 1 })
    await expect(all(withoutHeldOut(stream(list), heldOut))).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringMatching(/^every pair shares a sentence with one of the 2 that are held out/),
    })
  })

  it('hold out as many pairs as asked for, whatever the order of the corpus', async () => {
    const list = Array.from({ length: 3000 }, (_, k) => ({ source: `s${k}`, target: `t${k % 2500}` }))
    const choice = { wanted: 100, seed: 3 }
    const one = await chooseHeldOut(stream(list), choice)
    const other = await chooseHeldOut(stream(list.toReversed()), choice)
    expect(one.validation).toHaveLength(100)
    expect(other).toEqual(one)
  })

  it('depend on the seed', async () => {
    const list = Array.from({ length: 500 }, (_, k) => ({ source: `s${k}`, target: `t${k}` }))
    const choose = (seed: number) => chooseHeldOut(stream(list), { wanted: 20, seed })
    expect(await choose(1)).toEqual(await choose(1))
    expect((await choose(1)).validation).not.toEqual((await choose(2)).validation)
  })

  it('change little when the corpus grows', async () => {
    const list = Array.from({ length: 2000 }, (_, k) => ({ source: `s${k}`, target: `t${k}` }))
    const before = await chooseHeldOut(stream(list.slice(0, 1800)), { wanted: 100, seed: 1 })
    const after = await chooseHeldOut(stream(list), { wanted: 100, seed: 1 })
    const kept = after.validation.filter(({ source }) => before.sourceKeys.has(source))
    expect(kept.length).toBeGreaterThan(70)
  })
})
