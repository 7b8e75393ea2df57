import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { interleave, median, speedRatio, timed } from '../../bench/harness/interleave.ts'

/** Milliseconds, which go by in runs only. */
let now = 0
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** A side that notes its name and takes so many milliseconds. */
function side(name: string, milliseconds: number, log: string[]) {
  return timed(() => {
    log.push(name)
    now += milliseconds
  })
}

describe('interleave', () => {
  test('takes turns, in the other direction every second round, after one warm-up each', async () => {
    const log: string[] = []
    const measured = await interleave([side('a', 2, log), side('b', 4, log)], 0.001)
    expect(measured.map(({ length }) => length)).toEqual([3, 3])
    expect(log.join('')).toBe('ab' + 'ab' + 'ba' + 'ab')
  })

  test('goes on for the seconds that are asked for, with several runs a turn where they are short', async () => {
    const log: string[] = []
    const began = now
    const [a] = await interleave([side('a', 0.1, log)], 0.2)
    expect(now - began).toBeGreaterThanOrEqual(200)
    expect(a.length).toBeGreaterThanOrEqual(10) // a turn is a tenth of the seconds
    expect(log.length).toBeGreaterThan(100 * a.length)
  })

  test('takes the word of a side that is timed elsewhere for the seconds of its runs', async () => {
    const asked: number[] = []
    const elsewhere = async (runs: number) => {
      asked.push(runs)
      return 0.25 * runs
    }
    const [a, b] = await interleave([elsewhere, side('b', 1, [])], 1e-3)
    expect(a).toEqual([0.25, 0.25, 0.25])
    expect(asked).toEqual([1, 1, 1, 1])
    expect(b).toHaveLength(3)
  })

  test('measures the seconds of one run', async () => {
    const [a, b] = await interleave([side('a', 2, []), side('b', 6, [])], 0.1)
    expect(median(a)).toBeCloseTo(0.002, 6)
    expect(median(b)).toBeCloseTo(0.006, 6)
  })
})

describe('speedRatio', () => {
  test('is the median of the ratios of each round, not the ratio of the medians', () => {
    expect(speedRatio([1, 2, 4], [4, 4, 4])).toBe(2)
    expect(speedRatio([1, 1, 10], [3, 30, 30])).toBe(3)
  })

  test('sets a single round against each of the others', () => {
    expect(speedRatio([1, 2, 4], [8])).toBe(4)
    expect(speedRatio([8], [1, 2, 4])).toBe(0.25)
  })
})

test('median: the middle value, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
})
