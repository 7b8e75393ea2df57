import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shuffled } from '#dist/learn/train/pairs/shuffled-epochs.js'
import { Random } from '#dist/learn/train/state/random.js'
import { all, stream } from './files.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, k) => k)

describe('shuffled', () => {
  it('yields every item once, whatever the size of the buffer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 80 }), fc.nat(), async (count, size, seed) => {
        const out = await all(shuffled(stream(numbers(count)), size, new Random(seed)))
        expect(out.toSorted((a, b) => a - b)).toEqual(numbers(count))
      }),
    )
  })

  it('holds no more items than its buffer', async () => {
    let read = 0
    const counted = (async function* () {
      for (let k = 0; k < 500; k++) {
        read++
        yield k
      }
    })()
    let given = 0
    for await (const _ of shuffled(counted, 50, new Random(1))) expect(read - ++given).toBeLessThanOrEqual(50)
  })

  it('puts each item everywhere equally often if all fit', async () => {
    const places = new Array(5).fill(0)
    const random = new Random(9)
    for (let k = 0; k < 5000; k++) places[(await all(shuffled(stream(numbers(5)), 10, random))).indexOf(2)]++
    for (const count of places) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })
})
