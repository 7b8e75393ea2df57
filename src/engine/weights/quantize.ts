import type { Quantized } from '../backend/interface/backend.ts'
import { largestMagnitude, roundToEven } from '../backend/interface/round.ts'

/**
 * Quantizes `count` rows `values` [count, width]: a row's scale is its largest magnitude / 127, its integers are round(value / scale), ties
 * to even. The quantization is symmetric, with a scale for each output channel.
 */
export function quantizeRows(values: Float32Array, count: number): Quantized {
  const width = values.length / count
  const quantized = { values: new Int8Array(values.length), scales: new Float32Array(count) }
  for (let row = 0; row < count; row++)
    quantized.scales[row] = quantizeWeightRow(values, row * width, width, quantized.values, row * width)
  return quantized
}

/** Writes the integers of values [offset, offset + width) to [toOffset, toOffset + width), and returns their scale. */
export function quantizeWeightRow(
  values: Float32Array,
  offset: number,
  width: number,
  to: Int8Array,
  toOffset: number,
): number {
  const scale = Math.fround(largestMagnitude(values, offset, width) / 127)
  if (scale === 0) {
    to.fill(0, toOffset, toOffset + width)
    return 0
  }
  for (let k = 0; k < width; k++) {
    let rounded = roundToEven(Math.fround(values[offset + k] / scale))
    // A denormal scale has so few bits that a quotient may exceed 127.
    if (rounded > 127) rounded = 127
    else if (rounded < -127) rounded = -127
    to[toOffset + k] = rounded
  }
  return scale
}

/** The values of quantized rows: integers [count, width] times the scale of their row. */
export function dequantized({ values, scales }: Quantized): Float32Array {
  const floats = new Float32Array(values.length)
  const width = values.length / scales.length
  for (let row = 0, at = 0; row < scales.length; row++)
    for (const end = at + width; at < end; at++) floats[at] = values[at] * scales[row]
  return floats
}
