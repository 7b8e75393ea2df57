import { describe, expect, it } from 'vitest'
import type { Pair } from '#dist/learn/train/pairs/corpus.js'
import { heldOutOf } from '#dist/learn/train/pairs/held-out.js'
import { mixedPairs } from '#dist/learn/train/pairs/mixed-pairs.js'
import { ShuffledEpochs } from '#dist/learn/train/pairs/shuffled-epochs.js'
import { all, file, stream } from './files.ts'

const pairsOf = (name: string, count: number): Pair[] =>
  Array.from({ length: count }, (_, n) => ({ source: `${name} source ${n}`, target: `${name} target ${n}` }))
const own = pairsOf('own', 10)
const other = (count: number) => ({
  format: 'tsv' as const,
  path: file(
    pairsOf('other', count)
      .map(({ source, target }) => `${source}\t${target}\n`)
      .join(''),
  ),
})
const isOther = ({ source }: Pair) => source.startsWith('other')
const none = { heldOut: heldOutOf([]), seed: 1 }

describe('mixedPairs', () => {
  it('has every pair once in a pass, and others between them that make the share', async () => {
    const { pairs, mixed } = await mixedPairs(stream(own), { ...other(100), share: 0.6 }, none)
    expect(mixed).toEqual({ of: 100, each: 15 })
    const pass = await all(pairs)
    expect(pass.filter((pair) => !isOther(pair))).toEqual(own)
    expect(pass.filter(isOther)).toHaveLength(15)
    expect(pass.slice(0, 10).filter(isOther).length).toBeGreaterThan(4)
  })

  it('goes on through the others from pass to pass, and begins anew after the last', async () => {
    const { pairs } = await mixedPairs(stream(own), { ...other(25), share: 0.5 }, none)
    const passes = await Promise.all([0, 1, 2, 3].map((epoch) => all(pairs.pass!(epoch))))
    const others = passes.map((pass) => pass.filter(isOther).map(({ source }) => source))
    expect(new Set([...others[0], ...others[1], ...others[2].slice(0, 5)]).size).toBe(25)
    expect([...others[2].slice(5), ...others[3].slice(0, 5)]).toEqual(others[0])
  })

  it('is the same for the same seed, and another for another', async () => {
    const spec = { ...other(100), share: 0.5 }
    const othersOf = async (seed: number) => {
      const { pairs } = await mixedPairs(stream(own), spec, { ...none, seed })
      return (await all(pairs)).filter(isOther)
    }
    expect(await othersOf(1)).toEqual(await othersOf(1))
    expect(await othersOf(1)).not.toEqual(await othersOf(2))
  })

  it('leaves out others that share a sentence with a held-out pair', async () => {
    const heldOut = heldOutOf([{ source: 'Other SOURCE 3', target: 'x' }])
    const { pairs } = await mixedPairs(stream(own), { ...other(4), share: 0.9 }, { heldOut, seed: 1 })
    const others = new Set((await all(pairs)).filter(isOther).map(({ source }) => source))
    expect(others).toEqual(new Set(['other source 0', 'other source 1', 'other source 2']))
  })

  it('is read by epochs, each of which has others, and resumes within one', async () => {
    const { pairs } = await mixedPairs(stream(own), { ...other(40), share: 0.5 }, none)
    const epochs = new ShuffledEpochs(pairs, { shuffle: 100, seed: 3 })
    const read: Pair[] = []
    const take = async (from: ShuffledEpochs) => {
      const pair = await from.peek()
      if (pair === null) from.nextEpoch()
      else {
        read.push(pair)
        from.take()
      }
    }
    for (let k = 0; k < 27; k++) await take(epochs)
    const resumed = new ShuffledEpochs(pairs, { shuffle: 100, seed: 3 }, epochs.place)
    expect(await resumed.peek()).toEqual(await epochs.peek())
    const [first, second] = [read.slice(0, 20), read.slice(20)]
    expect(second.filter(isOther).some((pair) => first.includes(pair))).toBe(false)
  })

  it('refuses a share that is not a single pair', async () => {
    await expect(mixedPairs(stream(own.slice(0, 1)), { ...other(3), share: 0.1 }, none)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_INPUT', message: expect.stringContaining('of 1 pair is not one') }),
    )
  })
})
