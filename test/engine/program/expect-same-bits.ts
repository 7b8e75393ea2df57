import { expect } from 'vitest'
import type { TensorArray } from '#dist/engine/backend/interface/backend.js'

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorArray) => Buffer.from(buffer, byteOffset, byteLength)

/**
 * Expects arrays of the same bits. `toEqual`, which compares number by number, takes longer than the kernels that made
 * them.
 */
export function expectSameBits(actual: readonly TensorArray[], expected: readonly TensorArray[], what: string): void {
  expect(actual.length, what).toBe(expected.length)
  for (const [i, array] of actual.entries())
    expect(bytesOf(array).equals(bytesOf(expected[i])), `${what}, output ${i}`).toBe(true)
}
