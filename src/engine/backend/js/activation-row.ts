import { largestMagnitude, roundToEven } from '../round.ts'

/**
 * to [width], one every `step` values, ← integers from −127 to 127 that times the scale which is returned are about the row `from` [width]:
 * the largest magnitude becomes 127. Everything is computed in float32, as in native kernels. A row so small that 127 over its largest
 * magnitude is infinite becomes zeros, except for NaN.
 */
export function quantizeActivationRow(
  to: Float64Array,
  toOffset: number,
  step: number,
  from: ArrayLike<number>,
  fromOffset: number,
  width: number,
): number {
  const most = largestMagnitude(from, fromOffset, width)
  const inverse = Math.fround(127 / most)
  if (inverse === Infinity) {
    for (let i = 0; i < width; i++) to[toOffset + i * step] = 0 * from[fromOffset + i]
    return 0
  }
  for (let i = 0; i < width; i++) to[toOffset + i * step] = roundToEven(Math.fround(from[fromOffset + i] * inverse))
  return Math.fround(most / 127)
}
