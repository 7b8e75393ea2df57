import type { Matrix } from '../../interface/backend.ts'
import { checkRange, refuse } from './check.ts'

/** Checks edits (row, id, kind), whose rows ascend. */
export function checkEdits(op: string, edits: Matrix, rows: number, vocabulary: number): void {
  checkRange(op, 'row', column(edits, 0), 0, rows)
  checkRange(op, 'id', column(edits, 1), 0, vocabulary)
  checkRange(op, 'kind', column(edits, 2), 0, 4)
  for (let e = 1; e < edits.rows; e++)
    if (edits.data[edits.offset + e * edits.stride] < edits.data[edits.offset + (e - 1) * edits.stride])
      refuse(op, `edits must ascend by row, edit ${e} does not`)
}

const column = (matrix: Matrix, i: number): Matrix => ({ ...matrix, offset: matrix.offset + i, width: 1 })

export function edit(data: Matrix['data'], at: number, edits: Matrix, values: Matrix, e: number): void {
  const from = edits.offset + e * edits.stride
  const to = at + edits.data[from + 1]
  data[to] = edited(data[to], edits.data[from + 2], values.data[values.offset + e * values.stride])
}

/** A score after an edit; `kind` is a place in `edits` of the op's row. */
function edited(score: number, kind: number, value: number): number {
  if (kind === 0) return value
  if (kind === 1) return score < 0 ? score * value : score / value
  if (score === -Infinity) return score
  return score + (kind === 2 ? value : value * Math.abs(score))
}
