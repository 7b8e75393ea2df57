import type { Check, Kernel, Matrix } from '../backend.ts'
import { checkRange, refuse } from './check.ts'
import { logSumExp } from './softmax.ts'

export const checkCandidates: Check = ([logits, edits], [scores]) => {
  const { rows, width } = logits!
  const k = rows ? scores.rows / rows : 0
  if (rows ? !Number.isInteger(k) || k < 1 || k > width : scores.rows)
    refuse('candidates', `C is ${scores.rows}: not 1 to ${width} for each of ${rows} rows`)
  checkRange('candidates', 'row', column(edits!, 0), 0, rows)
  checkRange('candidates', 'id', column(edits!, 1), 0, width)
  checkRange('candidates', 'kind', column(edits!, 2), 0, 3)
  for (let e = 1; e < edits!.rows; e++)
    if (edits!.data[edits!.offset + e * edits!.stride] < edits!.data[edits!.offset + (e - 1) * edits!.stride])
      refuse('candidates', `edits must ascend by row, edit ${e} does not`)
}

const column = (matrix: Matrix, i: number): Matrix => ({ ...matrix, offset: matrix.offset + i, width: 1 })

const BEFORE = 0
const AFTER = 1

export const candidatesKernel: Kernel = ([logits, edits, values], [scores, ids], [normalise]) => {
  if (!logits!.rows) return
  const k = scores.rows / logits!.rows
  const row: Matrix = { data: new Float32Array(logits!.width), offset: 0, stride: 0, rows: 1, width: logits!.width }
  let e = 0
  for (let r = 0; r < logits!.rows; r++) {
    const from = logits!.offset + r * logits!.stride
    const before = normalise === AFTER ? 0 : logSumExp(logits!, from)
    for (let i = 0; i < row.width; i++) row.data[i] = logits!.data[from + i] - before
    for (; e < edits!.rows && edits!.data[edits!.offset + e * edits!.stride] === r; e++)
      edit(row.data, edits!, values!, e)
    const after = normalise === BEFORE ? 0 : logSumExp(row, 0)
    best(row.data, after, k, scores, ids, r * k)
  }
}

function edit(row: Matrix['data'], edits: Matrix, values: Matrix, e: number): void {
  const at = edits.offset + e * edits.stride
  const id = edits.data[at + 1]
  const value = values.data[values.offset + e * values.stride]
  if (edits.data[at + 2] === 0) row[id] = value
  else if (edits.data[at + 2] === 1) row[id] = row[id] < 0 ? row[id] * value : row[id] / value
  else row[id] += value
}

/** The k highest of a row, by insertion into a short sorted list. −∞ and NaN rank last; the lower id goes first on a tie. */
function best(row: Matrix['data'], norm: number, k: number, scores: Matrix, ids: Matrix, at: number): void {
  let held = 0
  for (let id = 0; id < row.length; id++) {
    const value = Number.isNaN(row[id]) ? -Infinity : row[id]
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
