import type { Check, Kernel, Matrix } from '../backend.ts'
import { checkRange, refuse } from './check.ts'
import { inChunks } from './logits.ts'
import { logSumExp } from './softmax.ts'

export const checkCandidates: Check = ([x, weight, , edits], [scores]) => {
  const { rows } = x!
  const vocabulary = weight!.rows
  const k = rows ? scores.rows / rows : 0
  if (rows ? !Number.isInteger(k) || k < 1 || k > vocabulary : scores.rows)
    refuse('candidates', `C is ${scores.rows}: not 1 to ${vocabulary} for each of ${rows} rows`)
  checkEdits('candidates', edits!, rows, vocabulary)
}

/** Edits are (row, id, kind), rows ascending. */
export function checkEdits(op: string, edits: Matrix, rows: number, vocabulary: number): void {
  checkRange(op, 'row', column(edits, 0), 0, rows)
  checkRange(op, 'id', column(edits, 1), 0, vocabulary)
  checkRange(op, 'kind', column(edits, 2), 0, 2)
  for (let e = 1; e < edits.rows; e++)
    if (edits.data[edits.offset + e * edits.stride] < edits.data[edits.offset + (e - 1) * edits.stride])
      refuse(op, `edits must ascend by row, edit ${e} does not`)
}

const column = (matrix: Matrix, i: number): Matrix => ({ ...matrix, offset: matrix.offset + i, width: 1 })

const BEFORE = 0
const AFTER = 1

export const candidatesKernel: Kernel = ([x, weight, bias, edits, values], [scores, ids], [normalize, scale]) => {
  if (!x!.rows) return
  const k = scores.rows / x!.rows
  let e = 0
  inChunks([{ x: x!, weight: weight!, bias, scale }], (first, [logits]) => {
    for (let r = 0; r < logits.rows; r++) {
      const at = r * logits.stride
      const before = normalize === AFTER ? 0 : logSumExp(logits, at)
      for (let i = at; i < at + logits.width; i++) logits.data[i] -= before
      for (; e < edits!.rows && edits!.data[edits!.offset + e * edits!.stride] === first + r; e++)
        edit(logits.data, at, edits!, values!, e)
      const after = normalize === BEFORE ? 0 : logSumExp(logits, at)
      best(logits, at, after, k, scores, ids, (first + r) * k)
    }
  })
}

function edit(data: Matrix['data'], at: number, edits: Matrix, values: Matrix, e: number): void {
  const from = edits.offset + e * edits.stride
  const to = at + edits.data[from + 1]
  const value = values.data[values.offset + e * values.stride]
  if (edits.data[from + 2] === 0) data[to] = value
  else data[to] = data[to] < 0 ? data[to] * value : data[to] / value
}

/** The k highest of a row, by insertion into a short sorted list. −∞ and NaN rank last; the lower id goes first on a tie. */
function best(row: Matrix, from: number, norm: number, k: number, scores: Matrix, ids: Matrix, at: number): void {
  let held = 0
  for (let id = 0; id < row.width; id++) {
    const found = row.data[from + id]
    const value = Number.isNaN(found) ? -Infinity : found
    if (held === k && value <= scores.data[scores.offset + (at + k - 1) * scores.stride]) continue
    let place = held < k ? held++ : k - 1
    for (; place > 0 && scores.data[scores.offset + (at + place - 1) * scores.stride] < value; place--) {
      scores.data[scores.offset + (at + place) * scores.stride] =
        scores.data[scores.offset + (at + place - 1) * scores.stride]
      ids.data[ids.offset + (at + place) * ids.stride] = ids.data[ids.offset + (at + place - 1) * ids.stride]
    }
    scores.data[scores.offset + (at + place) * scores.stride] = value
    ids.data[ids.offset + (at + place) * ids.stride] = id
  }
  if (norm > -Infinity) for (let i = at; i < at + k; i++) scores.data[scores.offset + i * scores.stride] -= norm
}
