import type { Matrix, Packed } from '../backend.ts'
import { PANEL } from '../packed.ts'
import { multiplyQuads, quadsOf } from './product.ts'
import { quantiseRow } from './quantise.ts'
import { Scratch, unpackRows } from './unpack.ts'

type Int8 = Extract<Packed, { encoding: 'int8' }>

const unpacked = new Scratch()
const rows = new Scratch()
const scales = new Scratch()
/** Views that are kept from call to call as well. */
const quantised: Matrix = { data: rows.floats, offset: 0, stride: 0, rows: 0, width: 0 }
const panel: Matrix = { data: unpacked.floats, offset: 0, stride: 0, rows: 0, width: 0 }
const columns: Matrix = { data: unpacked.floats, offset: 0, stride: 0, rows: 0, width: 0 }

/** y = x Wᵀ for an encoded W [outputs, inputs]: a panel of it at a time is unpacked, and multiplied like any matrix. */
export function multiplyPacked(x: Matrix, packed: Packed, y: Matrix): void {
  if (packed.encoding === 'int8') multiplyInt8(x, packed, y)
  else multiplyPanels(x, packed, y)
}

/**
 * Rows of x are quantised one by one, the sums of products of integers are exact (float64 holds them), and then scaled:
 * y = sum · (scale of the row · scale of the output), each product rounded to float32.
 */
function multiplyInt8(x: Matrix, packed: Int8, y: Matrix): void {
  rows.reserve(x.rows * x.width)
  scales.reserve(x.rows)
  for (let row = 0; row < x.rows; row++)
    scales.floats[row] = quantiseRow(rows.floats, row * x.width, x.data, x.offset + row * x.stride, x.width)
  quantised.data = rows.floats
  quantised.stride = x.width
  quantised.rows = x.rows
  quantised.width = x.width
  multiplyPanels(quantised, packed, y)
  for (let row = 0; row < y.rows; row++) {
    const to = y.offset + row * y.stride
    const scale = scales.floats[row]
    for (let i = 0; i < y.width; i++) y.data[to + i] *= Math.fround(scale * packed.scales[i])
  }
}

function multiplyPanels(x: Matrix, packed: Packed, y: Matrix): void {
  panel.stride = packed.depth
  panel.width = x.width
  columns.data = y.data
  columns.stride = y.stride
  columns.rows = y.rows
  const quads = quadsOf(x)
  for (let first = 0; first < y.width; first += PANEL) {
    const count = Math.min(PANEL, y.width - first)
    unpackRows(packed, first, count, unpacked)
    panel.data = unpacked.floats
    panel.rows = count
    columns.offset = y.offset + first
    columns.width = count
    multiplyQuads(x, quads, panel, columns)
  }
}
