import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleaned } from '#dist/train/data/cleaning.js'
import { FingerprintSet, fingerprint } from '#dist/train/data/fingerprint.js'
import { all, stream } from './files.ts'

const pair = (source: string, target: string) => ({ source, target })

describe('cleaned', () => {
  it('normalises, and makes white space single spaces', async () => {
    const pairs = stream([pair('  e\u0301t\u00e9\u00a0 \t!\n', 'ﬁne')])
    expect(await all(cleaned(pairs))).toEqual([pair('été !', 'ﬁne')])
    expect(await all(cleaned(pairs, { normalForm: 'NFKC' }))).toEqual([pair('été !', 'fine')])
    expect((await all(cleaned(pairs, { normalForm: 'none' })))[0].source).toBe('e\u0301té !')
  })

  it('drops what a rule says, and counts it once', async () => {
    const clean = cleaned(
      stream([
        pair('a', 'b'),
        pair(' ', 'b'),
        pair('a', ''),
        pair('x'.repeat(101), 'y'.repeat(90)),
        pair('x'.repeat(5), 'y'.repeat(41)),
        pair('x'.repeat(5), 'y'.repeat(40)),
        pair('a', ' b '),
        pair('b', 'a'),
      ]),
      { longest: 100, lengthRatio: 4 },
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
    const clean = cleaned(stream([pair('a', 'b'), pair('a', 'b')]))
    expect(await all(clean)).toEqual(await all(clean))
    expect(clean.report).toMatchObject({ read: 2, kept: 1, duplicate: 1 })
  })

  it('keeps duplicates if it is told to', async () => {
    expect(await all(cleaned(stream([pair('a', 'b'), pair('a', 'b')]), { dropDuplicates: false }))).toHaveLength(2)
  })

  it('never takes a pair for another: source and target are told apart', async () => {
    const pairs = [pair('ab', 'c'), pair('a', 'bc'), pair('c', 'ab'), pair('b', 'a'), pair('a', 'b')]
    expect(await all(cleaned(stream(pairs)))).toEqual(pairs)
  })

  it('keeps the pairs that it has no memory for, and counts them', async () => {
    const pairs = Array.from({ length: 3000 }, (_, k) => pair(`${k % 1500}`, 'a'))
    const clean = cleaned(stream(pairs), { duplicateBytes: 8192 })
    await all(clean)
    expect(clean.report.notRemembered).toBe(2 * (1500 - 512))
    expect(clean.report.duplicate).toBe(512)
  })

  it.each([{ normalForm: 'NFD' as never }, { longest: 0 }, { lengthRatio: 0.5 }, { duplicateBytes: -1 }])(
    'refuses %j',
    (rules) => expect(() => cleaned(stream([]), rules)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' })),
  )
})

describe('FingerprintSet', () => {
  it('remembers what a Set remembers', () => {
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
