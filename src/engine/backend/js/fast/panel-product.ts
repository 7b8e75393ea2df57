import type { Matrix, Packed } from '../../interface/backend.ts'
import { PANEL } from '../../interface/packed.ts'
import { Scratch, unpackRows } from '../products/unpack.ts'
import { bringTogether, multiplyTogether } from './product.ts'

const unpacked = new Scratch()

/** A view that is also kept from call to call. */
const panel: Matrix = { data: unpacked.floats, offset: 0, stride: 0, rows: 0, width: 0 }

const columns: Matrix = { data: unpacked.floats, offset: 0, stride: 0, rows: 0, width: 0 }

/**
 * y = x Wᵀ for a W [outputs, inputs] in bfloat16 or panels of float32: one panel of W at a time is unpacked, and multiplied like any
 * matrix.
 */
export function multiplyPanels(x: Matrix, packed: Packed, y: Matrix): void {
  panel.stride = packed.depth
  panel.width = x.width
  columns.data = y.data
  columns.stride = y.stride
  columns.rows = y.rows
  bringTogether(x)
  for (let first = 0; first < y.width; first += PANEL) {
    const count = Math.min(PANEL, y.width - first)
    unpackRows(packed, first, count, unpacked)
    panel.data = unpacked.floats
    panel.rows = count
    columns.offset = y.offset + first
    columns.width = count
    multiplyTogether(x, panel, columns)
  }
}
