/** Upper bound of orders, weights and smoothing values: a larger number is probably a typing mistake. */
export const MOST = 100

/**
 * A number with `digits` digits after the decimal point (0 to 3), as Python and C print it: a tie is rounded to the
 * even digit, whereas toFixed rounds up. Percentages of small counts are often ties: 1 of 16 is 6.25, shown as 6.2.
 */
export function rounded(value: number, digits: number): string {
  // Only a multiple of 1 / 2^(digits + 1) can be a tie, and for such a number this product is exact.
  const halves = value * 2 * 10 ** digits
  if (!Number.isInteger(value * 2 ** (digits + 1)) || halves % 2 !== 1) return value.toFixed(digits)
  const below = (halves - 1) / 2
  return ((below % 2 === 0 ? below : below + 1) / 10 ** digits).toFixed(digits)
}
