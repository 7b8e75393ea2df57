import type { Matrix, PackedInt4 } from '../../interface/backend.ts'
import { quantizeRow } from '../products/quantized-row.ts'
import { multiplyPanels } from './panel-product.ts'

/** The rows of x as integers, kept from call to call. */
let integers = new Float64Array(0)

let floats = new Float32Array(0)

let scales = new Float32Array(0)

/**
 * y = x Wᵀ for an int4 W [outputs, inputs]: rows of x as integers meet each integer of W times the scale of its group. Float64s hold these
 * sums exactly, and a float32 of y what is left of one before it is scaled: y = sum · (scale of the row · scale of the output).
 */
export function multiplyInt4(x: Matrix, packed: PackedInt4, y: Matrix): void {
  const { rows, width } = x
  if (floats.length < rows * width) floats = new Float32Array(rows * width)
  if (integers.length < width) integers = new Float64Array(width)
  if (scales.length < rows) scales = new Float32Array(rows)
  for (let row = 0; row < rows; row++) {
    scales[row] = quantizeRow(integers, 0, 1, x, row)
    for (let i = 0; i < width; i++) floats[row * width + i] = integers[i]
  }
  multiplyPanels({ data: floats, offset: 0, stride: width, rows, width }, packed, y)
  for (let row = 0; row < rows; row++) {
    const to = y.offset + row * y.stride
    for (let i = 0; i < y.width; i++) y.data[to + i] *= Math.fround(scales[row] * packed.scales[i])
  }
}
