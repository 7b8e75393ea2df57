import { describe, expect, it } from 'vitest'
import { Random } from '#dist/learn/train/state/random.js'

const numbers = (count: number) => Array.from({ length: count }, (_, k) => k)

describe('Random', () => {
  it('has the same numbers for the same seed and stream, and others for others', () => {
    const first = (...seeds: [number, ...number[]]) => {
      const random = new Random(...seeds)
      return numbers(5).map(() => random.bits())
    }
    expect(first(1, 2)).toEqual(first(1, 2))
    const different = [first(1), first(2), first(1, 2), first(2, 1), first(1, 2, 0), first(2 ** 40 + 1)].map(String)
    expect(new Set(different).size).toBe(different.length)
  })

  it('has every number below a limit equally often', () => {
    const random = new Random(5)
    const counts = new Array(7).fill(0)
    for (let k = 0; k < 70_000; k++) counts[random.below(7)]++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400)
  })

  it('has normal numbers of mean 0 and deviation 1, with tails of the right size', () => {
    const random = new Random(3)
    const values = numbers(50_000).map(() => random.normal())
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length
    expect(Math.abs(moment(1))).toBeLessThan(0.02)
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03)
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2)
  })
})
