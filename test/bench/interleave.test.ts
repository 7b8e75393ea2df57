import { describe, expect, test } from 'vitest'
import { interleave, median, speedRatio } from '../../bench/interleave.ts'

/** A side that notes its name and keeps the processor for about so many milliseconds. */
function side(name: string, milliseconds: number, log: string[]) {
  return () => {
    log.push(name)
    for (const began = performance.now(); performance.now() - began < milliseconds; );
  }
}

describe('interleave', () => {
  test('takes turns, in the other direction every second round, after one warm-up each', () => {
    const log: string[] = []
    const measured = interleave([side('a', 2, log), side('b', 4, log)], 0.001)
    expect(measured.map(({ length }) => length)).toEqual([3, 3])
    expect(log.join('')).toBe('ab' + 'ab' + 'ba' + 'ab')
  })

  test('goes on for the seconds that are asked for, with several runs a turn where they are short', () => {
    const log: string[] = []
    const began = performance.now()
    const [a] = interleave([side('a', 0.1, log)], 0.2)
    expect(performance.now() - began).toBeGreaterThan(200)
    expect(a.length).toBeGreaterThanOrEqual(3)
    expect(log.length).toBeGreaterThan(3 * a.length)
  })

  test('measures the seconds of one run', () => {
    const [a, b] = interleave([side('a', 2, []), side('b', 6, [])], 0.1)
    expect(median(a)).toBeGreaterThanOrEqual(0.002)
    expect(median(b)).toBeGreaterThanOrEqual(0.006)
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
