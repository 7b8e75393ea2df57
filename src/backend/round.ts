const SHIFT = 1.5 * 2 ** 52

/** The nearest integer, ties to even, of a number whose magnitude is below 2^51: behind SHIFT there is no room for a fraction. */
export const roundToEven = (value: number): number => value + SHIFT - SHIFT
