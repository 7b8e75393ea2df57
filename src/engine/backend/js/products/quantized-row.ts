import type { Matrix } from '../../interface/backend.ts'
import { largestMagnitude, roundToEven } from '../../interface/round.ts'

/**
 * to [width], one every `step` values from place `at` on, ← integers from −127 to 127 which, times the scale that is returned, approximate a
 * row of x: its largest magnitude becomes 127. Everything is computed in float32, as in native kernels. A row so small that 127 over its
 * largest magnitude is infinite becomes zeros, except for NaN.
 */
export function quantizeRow(
  to: Float64Array,
  at: number,
  step: number,
  { data, offset, stride, width }: Matrix,
  row: number,
): number {
  const from = offset + row * stride
  const most = largestMagnitude(data, from, width)
  const inverse = Math.fround(127 / most)
  if (inverse === Infinity) {
    for (let i = 0; i < width; i++) to[at + i * step] = 0 * data[from + i]
    return 0
  }
  for (let i = 0; i < width; i++) to[at + i * step] = roundToEven(Math.fround(data[from + i] * inverse))
  return Math.fround(most / 127)
}
