import { largestMagnitude, roundToEven } from '../backend/round.ts'

/** Rows of int8: integers from −127 to 127 [count, width], and the scale of each row. */
export interface Quantised {
  values: Int8Array
  scales: Float32Array
}

/**
 * Quantises `count` rows `values` [count, width]: a row's scale is its largest magnitude / 127, its integers are
 * round(value / scale), ties to even. Symmetric, and a scale for each output channel.
 */
export function quantiseRows(values: Float32Array, count: number): Quantised {
  const width = values.length / count
  const quantised = { values: new Int8Array(values.length), scales: new Float32Array(count) }
  for (let row = 0; row < count; row++)
    quantised.scales[row] = quantiseRow(values, row * width, width, quantised.values)
  return quantised
}

/** to [at, at + width) ← integers of values [at, at + width); returns their scale. */
function quantiseRow(values: Float32Array, at: number, width: number, to: Int8Array): number {
  const scale = Math.fround(largestMagnitude(values, at, width) / 127)
  if (scale === 0) return 0
  for (let k = at; k < at + width; k++) {
    const rounded = roundToEven(Math.fround(values[k] / scale))
    // A scale so small that it has few bits of its own may leave a quotient above 127.
    to[k] = Math.max(-127, Math.min(127, rounded))
  }
  return scale
}

/** What quantised rows stand for: integers [count, width] times the scale of their row. */
export function dequantised({ values, scales }: Quantised): Float32Array {
  const floats = new Float32Array(values.length)
  const width = values.length / scales.length
  for (let row = 0, at = 0; row < scales.length; row++)
    for (const end = at + width; at < end; at++) floats[at] = values[at] * scales[row]
  return floats
}
