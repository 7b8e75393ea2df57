import type { Matrix, Packed } from '../../interface/backend.ts'
import { PANEL, rowStart } from '../../interface/packed.ts'
import { rowAt } from '../operands/recurrence.ts'
import { pairedSize } from './pairs.ts'

/** The rows that an expert has: those whose gate is not 0. */
export const rowsOfExpert = (gates: Matrix, expert: number): number[] =>
  Array.from({ length: gates.rows }, (_, row) => row).filter((row) => gates.data[rowAt(gates, row) + expert] > 0)

/** Copies of some rows. */
export function gathered(x: Matrix, rows: readonly number[]): Matrix {
  const data = new Float32Array(rows.length * x.width)
  rows.forEach((row, i) => {
    for (let c = 0; c < x.width; c++) data[i * x.width + c] = x.data[rowAt(x, row) + c]
  })
  return room(rows.length, x.width, data)
}

/** A matrix in memory of its own. */
export const room = (rows: number, width: number, data = new Float32Array(rows * width)): Matrix => ({
  data,
  offset: 0,
  stride: width,
  rows,
  width,
})

/** The weight of one expert: some rows of the weight of all, whole panels of an encoded one. */
export function weightOf(weight: Matrix, experts: number, expert: number): Matrix {
  const rows = weight.rows / experts
  const first = expert * rows
  const { packed } = weight
  if (!packed) return { ...weight, rows, offset: rowAt(weight, first) }
  return { ...weight, rows, packed: panelsFrom(packed, first, rows) }
}

function panelsFrom(packed: Packed, first: number, rows: number): Packed {
  const values = packed.values.subarray(rowStart(packed, first), rowStart(packed, first + rows))
  if (packed.encoding === 'int4')
    return { ...packed, values, scales: packed.scales.subarray(first, first + rows) } as Packed
  if (packed.encoding !== 'int8') return { ...packed, values } as Packed
  const { pairs } = packed
  const firstPair = (first / PANEL) * pairedSize(packed)
  return {
    ...packed,
    ...(pairs && { pairs: () => pairs().subarray(firstPair) }),
    values: values as Int8Array<ArrayBuffer>,
    scales: packed.scales.subarray(first, first + rows),
    sums: packed.sums.subarray(first, first + rows),
  }
}
