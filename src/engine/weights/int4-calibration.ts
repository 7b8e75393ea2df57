import type { QuantizedInt4 } from '../backend/interface/backend.ts'
import { INT4_GROUP } from '../backend/interface/packed.ts'
import { GROUP_BYTES, groupsOf, int4Of, int4Scale } from './int4.ts'

/** The share of the mean of the diagonal that is added to it, so that inputs that always go together do not matter too much. */
const DAMPING = 0.01

/**
 * Quantizes rows `values` [count, width] so that their products with inputs like those of a calibration text change least, not the values
 * themselves: what rounding a weight adds to an output is taken off by the weights that are not rounded yet ("GPTQ", Frantar et al. 2022, in
 * the order of the inputs). `products` [width, width] is the sum of xᵀ x over inputs x of that text.
 */
export function calibratedInt4(values: Float32Array, count: number, products: Float32Array): QuantizedInt4 {
  const width = values.length / count
  const groups = groupsOf(width)
  const quantized = { integers: new Uint8Array(count * groups * GROUP_BYTES), scales: new Float32Array(count * groups) }
  const factor = inverseFactor(products, width)
  const row = new Float64Array(width)
  const errors = new Float64Array(INT4_GROUP)
  for (let n = 0; n < count; n++) {
    row.set(values.subarray(n * width, (n + 1) * width))
    for (let g = 0; g < groups; g++) {
      const [begin, end] = [g * INT4_GROUP, Math.min((g + 1) * INT4_GROUP, width)]
      const scale = int4Scale(Float32Array.from(row.subarray(begin, end)))
      const bytes = quantized.integers.subarray((n * groups + g) * GROUP_BYTES, (n * groups + g + 1) * GROUP_BYTES)
      quantized.scales[n * groups + g] = scale
      bytes.fill(0x88)
      for (let k = begin; k < end; k++) {
        const integer = scale === 0 ? 0 : int4Of(row[k] / scale)
        const shift = 4 * (k & 1)
        bytes[(k - begin) >> 1] ^= ((integer + 8) ^ 8) << shift
        errors[k - begin] = (row[k] - integer * scale) / factor[k * width + k]
        subtract(row.subarray(k + 1, end), factor, k * width + k + 1, errors[k - begin])
      }
      for (let k = begin; k < end; k++) subtract(row.subarray(end), factor, k * width + end, errors[k - begin])
    }
  }
  return quantized
}

/** values −= error · what stands in the factor from `at` on */
function subtract(values: Float64Array, factor: Float64Array, at: number, error: number): void {
  for (let i = 0; i < values.length; i++) values[i] -= error * factor[at + i]
}

/**
 * The upper triangle U of Uᵀ U = H⁻¹, where H is `products` with a little added to its diagonal: H = R Rᵀ with an upper triangle R, which
 * Cholesky's method finds from the last row on, and U = R⁻¹. An input that is always 0 counts as one of its own.
 */
function inverseFactor(products: Float32Array, width: number): Float64Array {
  const r = Float64Array.from(products)
  let mean = 0
  for (let i = 0; i < width; i++) mean += r[i * width + i] / width
  for (let i = 0; i < width; i++) {
    const at = i * width + i
    if (!(r[at] > 0)) r[at] = mean || 1
    r[at] += DAMPING * mean
  }
  for (let j = width - 1; j >= 0; j--) {
    for (let i = j; i >= 0; i--) {
      let sum = r[i * width + j]
      for (let k = j + 1; k < width; k++) sum -= r[i * width + k] * r[j * width + k]
      r[i * width + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / r[j * width + j]
    }
  }
  return inverseOfUpper(r, width)
}

function inverseOfUpper(r: Float64Array, width: number): Float64Array {
  const u = new Float64Array(width * width)
  for (let i = width - 1; i >= 0; i--) {
    const own = 1 / r[i * width + i]
    u[i * width + i] = own
    for (let k = i + 1; k < width; k++) {
      const factor = -own * r[i * width + k]
      if (factor !== 0) for (let j = k; j < width; j++) u[i * width + j] += factor * u[k * width + j]
    }
  }
  return u
}
