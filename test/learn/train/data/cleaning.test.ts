import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CleanPairs } from '#dist/learn/train/pairs/cleaning.js'
import { FingerprintSet, fingerprint } from '#dist/learn/train/pairs/fingerprint.js'
import { all, stream } from './files.ts'

const pair = (source: string, target: string) => ({ source, target })

describe('CleanPairs', () => {
  it('normalizes, and collapses white space', async () => {
    const pairs = stream([pair('  e\u0301t\u00e9\u00a0 \t!\n', 'ﬁne')])
    expect(await all(new CleanPairs(pairs))).toEqual([pair('été !', 'ﬁne')])
  })

  it('drops faulty pairs, and counts each once', async () => {
    const clean = new CleanPairs(
      stream([
        pair('a', 'b'),
        pair(' ', 'b'),
        pair('a', ''),
        pair('x'.repeat(1001), 'y'.repeat(900)),
        pair('x'.repeat(5), 'y'.repeat(41)),
        pair('x'.repeat(5), 'y'.repeat(40)),
        pair('a', ' b '),
        pair('b', 'a'),
      ]),
    )
    expect((await all(clean)).map(({ source }) => source)).toEqual(['a', 'xxxxx', 'b'])
    expect(clean.report).toEqual({
      read: 8,
      kept: 3,
      empty: 2,
      tooLong: 1,
      unequal: 1,
      duplicate: 1,
      notRemembered: 0,
    })
  })

  it('begins anew with every pass', async () => {
    const clean = new CleanPairs(stream([pair('a', 'b'), pair('a', 'b')]))
    expect(await all(clean)).toEqual(await all(clean))
    expect(clean.report).toMatchObject({ read: 2, kept: 1, duplicate: 1 })
  })

  it('refuses pairs of which none is left, with the reason', async () => {
    const pairs = [pair('', 'b'), pair('a', ' '), pair('a', 'x'.repeat(1001))]
    await expect(all(new CleanPairs(stream(pairs)))).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_INPUT',
        message: expect.stringContaining('leaves none of the pairs (2 with an empty side, 1 too long)'),
      }),
    )
    expect(await all(new CleanPairs(stream([])))).toEqual([])
  })

  it('never confuses two pairs: source and target are distinguished', async () => {
    const pairs = [pair('ab', 'c'), pair('a', 'bc'), pair('c', 'ab'), pair('b', 'a'), pair('a', 'b')]
    expect(await all(new CleanPairs(stream(pairs)))).toEqual(pairs)
  })

  it('keeps the pairs that it has no memory for, and counts them', async () => {
    const pairs = Array.from({ length: 3000 }, (_, k) => pair(`${k % 1500}`, 'a'))
    const clean = new CleanPairs(stream(pairs), { duplicateBytes: 8192 })
    await all(clean)
    expect(clean.report.notRemembered).toBe(2 * (1500 - 512))
    expect(clean.report.duplicate).toBe(512)
  })
})

describe('FingerprintSet', () => {
  it('remembers the same as a Set', () => {
    const half = fc.constantFrom(0, 1, 2, 1024, 0xffffffff)
    fc.assert(
      fc.property(fc.array(fc.record({ high: half, low: half })), (prints) => {
        const set = new FingerprintSet(1 << 16)
        // Two zeros mark a free place; they count as 0 and 1.
        const known = new Set<string>()
        for (const print of prints) {
          const key = print.high === 0 && print.low === 0 ? '0 1' : `${print.high} ${print.low}`
          expect(set.add(print)).toBe(known.has(key) ? 'seen' : 'new')
          known.add(key)
        }
        expect(set.size).toBe(known.size)
      }),
    )
  })

  it('has no collisions among a hundred thousand sentences', () => {
    const set = new FingerprintSet(1 << 24)
    for (let k = 0; k < 100_000; k++) expect(set.add(fingerprint(0, `sentence ${k}`, `${k}`))).toBe('new')
  })
})
