import type { Matrix } from '../../interface/backend.ts'
import { listedWeight } from '../../interface/listed.ts'
import { PANEL } from '../../interface/packed.ts'
import { spanAt, spanLength } from '../../interface/spans.ts'
import { checkRange, checkSpans, checkTiling, refuse } from '../operands/check.ts'
import { checkEdits } from '../operands/edits.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { candidates } from './candidates.ts'

const OP = 'listedCandidates'

export const checkListedCandidates: Check<'listedCandidates'> = (call) => {
  const { x, weight, edits, listed, listedIds, lists, queries, scores } = call
  const k = x.rows ? scores.rows / x.rows : 0
  if (x.rows ? !Number.isInteger(k) || k < 1 : scores.rows)
    refuse(OP, `C is ${scores.rows}: not as many for each of ${x.rows} rows`)
  checkEdits(OP, edits, x.rows, weight.rows)
  checkRange(OP, 'id', listedIds, 0, weight.rows)
  checkSpans(OP, 'queries', queries, x.rows)
  checkSpans(OP, 'lists', lists, listed.rows)
  checkTiling(OP, queries, x.rows)
  for (let b = 0; b < lists.rows; b++) checkList(spanAt(lists, b), spanLength(lists, b), listed.rows, listedIds)
}

function checkList(begin: number, length: number, rows: number, ids: Matrix): void {
  const end = begin + length
  if (begin % PANEL) refuse(OP, `a list begins at row ${begin}, not at a multiple of ${PANEL}`)
  if (Math.ceil(end / PANEL) * PANEL > rows) refuse(OP, `the last panel of a list ends after row ${rows}`)
  for (let row = begin + 1; row < end; row++)
    if (ids.data[ids.offset + row * ids.stride] <= ids.data[ids.offset + (row - 1) * ids.stride])
      refuse(OP, `ids must ascend within a list, that of row ${row} does not`)
}

/** Calls `candidates` for each sentence, with places in its list as ids, and then replaces places by ids. */
export const listedCandidates: Kernel<'listedCandidates'> = (call) => {
  const { x, weight, bias, edits, values, listed, listedIds, lists, queries, scores, ids: found } = call
  const k = x.rows ? scores.rows / x.rows : 0
  for (let b = 0; b < queries.rows; b++) {
    const begin = spanAt(lists, b)
    const first = spanAt(queries, b)
    const count = spanLength(queries, b)
    const ids = Int32Array.from(
      { length: spanLength(lists, b) },
      (_, i) => listedIds.data[listedIds.offset + (begin + i) * listedIds.stride],
    )
    const own = editsOf(edits, values, first, count, ids)
    const kept = Math.min(k, ids.length)
    const best = { scores: column(new Float32Array(count * kept)), ids: column(new Int32Array(count * kept)) }
    if (kept)
      candidates({
        ...call,
        x: { ...x, offset: x.offset + first * x.stride, rows: count },
        weight: listedWeight(weight, listed, ids, begin),
        bias: bias && row(Float32Array.from(ids, (id) => bias.data[bias.offset + id])),
        ...own,
        ...best,
      })
    for (let r = 0; r < count; r++)
      for (let i = 0; i < k; i++) {
        const to = (first + r) * k + i
        scores.data[scores.offset + to * scores.stride] = i < kept ? best.scores.data[r * kept + i] : -Infinity
        found.data[found.offset + to * found.stride] = i < kept ? ids[best.ids.data[r * kept + i]] : -1
      }
  }
}

/** The edits of `count` rows from `first` on whose ids are listed, with rows counted from 0 and places in the list instead of ids. */
function editsOf(edits: Matrix, values: Matrix, first: number, count: number, ids: Int32Array) {
  const places = new Map(Array.from(ids, (id, place) => [id, place]))
  const own: number[] = []
  const ownValues: number[] = []
  for (let e = 0; e < edits.rows; e++) {
    const [row, id, kind] = [0, 1, 2].map((i) => edits.data[edits.offset + e * edits.stride + i])
    const place = places.get(id)
    if (row < first || row >= first + count || place === undefined) continue
    own.push(row - first, place, kind)
    ownValues.push(values.data[values.offset + e * values.stride])
  }
  const data = Int32Array.from(own)
  return {
    edits: { data, offset: 0, stride: 3, rows: own.length / 3, width: 3 },
    values: column(Float32Array.from(ownValues)),
  }
}

const column = (data: Matrix['data']): Matrix => ({ data, offset: 0, stride: 1, rows: data.length, width: 1 })

const row = (data: Matrix['data']): Matrix => ({ data, offset: 0, stride: data.length, rows: 1, width: data.length })
