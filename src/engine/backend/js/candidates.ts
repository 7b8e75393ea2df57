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
      bestOf(logits, at, after, k, scores, ids, (first + r) * k)
    }
  })
}

function edit(data: Matrix['data'], at: number, edits: Matrix, values: Matrix, e: number): void {
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

/** The values that `bestOf` keeps of a row; the arrays grow when a call keeps more. */
let kept = new Float32Array(0)
let keptIds = new Int32Array(0)

/**
 * Finds the k highest of a row that begins at `from`, less `norm`, and writes them and their ids from place `at` on: best first, by a heap whose first entry is the worst kept one. −∞ and NaN rank last; the lower id goes
 * first on a tie.
 */
export function bestOf(
  row: Matrix,
  from: number,
  norm: number,
  k: number,
  scores: Matrix,
  ids: Matrix,
  at: number,
): void {
  if (kept.length < k) {
    kept = new Float32Array(k)
    keptIds = new Int32Array(k)
  }
  const numberOf = (id: number) => (Number.isNaN(row.data[from + id]) ? -Infinity : row.data[from + id])
  /** Puts a value into a heap of `count` entries, at place `first` or below it where worse entries are. */
  const sink = (value: number, id: number, first: number, count: number) => {
    const isWorse = (a: number, b: number) => kept[a] < kept[b] || (kept[a] === kept[b] && keptIds[a] > keptIds[b])
    let place = first
    for (let child = 2 * place + 1; child < count; child = 2 * place + 1) {
      if (child + 1 < count && isWorse(child + 1, child)) child++
      if (kept[child] > value || (kept[child] === value && keptIds[child] < id)) break
      kept[place] = kept[child]
      keptIds[place] = keptIds[child]
      place = child
    }
    kept[place] = value
    keptIds[place] = id
  }
  for (let id = k - 1; id >= 0; id--) sink(numberOf(id), id, id, k)
  for (let id = k; id < row.width; id++) if (row.data[from + id] > kept[0]) sink(row.data[from + id], id, 0, k)
  for (let count = k - 1; count > 0; count--) {
    const [worst, worstId] = [kept[0], keptIds[0]]
    sink(kept[count], keptIds[count], 0, count)
    kept[count] = worst
    keptIds[count] = worstId
  }
  const subtracted = norm > -Infinity ? norm : 0
  for (let i = 0; i < k; i++) {
    scores.data[scores.offset + (at + i) * scores.stride] = kept[i] - subtracted
    ids.data[ids.offset + (at + i) * ids.stride] = keptIds[i]
  }
}
