import { expect } from 'vitest'

/** Expects values within `tolerance` of the expected values' range. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  let [range, worst] = [1e-6, 0]
  for (let i = 0; i < expected.length; i++) {
    range = Math.max(range, Math.abs(expected[i]))
    worst = Math.max(worst, Math.abs(actual[i] - expected[i]))
  }
  expect(actual.length).toBe(expected.length)
  expect(worst / range).toBeLessThan(tolerance)
}
