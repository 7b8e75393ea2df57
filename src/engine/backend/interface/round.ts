/** The number of values in a partial sum: small enough for the accuracy of float32, and independent of the number of threads. */
export const SUM_BLOCK = 16384

const SHIFT = 1.5 * 2 ** 52

/** The nearest integer, ties to even, of a number whose magnitude is below 2^51: adding SHIFT leaves no room for a fraction. */
export const roundToEven = (value: number): number => value + SHIFT - SHIFT

/** The largest magnitude of values [offset, offset + width); NaN counts as 0. */
export function largestMagnitude(values: ArrayLike<number>, offset: number, width: number): number {
  let most = 0
  for (let i = offset; i < offset + width; i++) {
    const magnitude = Math.abs(values[i])
    if (magnitude > most) most = magnitude
  }
  return most
}
