import type { Matrix } from '../../interface/backend.ts'
import { logSumExp } from '../functions/activation-functions.ts'
import { bestOf } from '../functions/best-of.ts'
import { refuse } from '../operands/check.ts'
import { checkEdits, edit } from '../operands/edits.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

export const checkRangedCandidates: Check<'rangedCandidates'> = ({ logits, ranges, edits, scores }) => {
  const { rows, width } = logits
  const k = rows ? scores.rows / rows : 0
  if (rows ? !Number.isInteger(k) || k < 1 || k > width : scores.rows)
    refuse('rangedCandidates', `C is ${scores.rows}: not 1 to ${width} for each of ${rows} rows`)
  checkEdits('rangedCandidates', edits, rows, width)
  for (let r = 0; r < rows; r++)
    for (const [begin, end] of rangesOf(ranges, r))
      if (begin < 0 || begin > end || end > width)
        refuse('rangedCandidates', `[${begin}, ${end}) at row ${r} is no range of ${width} ids`)
}

export const rangedCandidates: Kernel<'rangedCandidates'> = ({ logits, ranges, edits, values, scores, ids }) => {
  if (!logits.rows) return
  const { width } = logits
  const k = scores.rows / logits.rows
  const row = new Float32Array(width)
  const best = { data: row, offset: 0, stride: width, rows: 1, width }
  let e = 0
  for (let r = 0; r < logits.rows; r++) {
    const at = logits.offset + r * logits.stride
    for (let i = 0; i < width; i++) row[i] = logits.data[at + i]
    for (; e < edits.rows && edits.data[edits.offset + e * edits.stride] === r; e++) edit(row, 0, edits, values, e)
    const [first, second] = rangesOf(ranges, r)
    const part = ([begin, end]: Range) => ({ ...best, offset: begin, width: end - begin })
    const whole = logSumExp(part(second), second[0])
    const isForbidden = whole > mostOf(row, first)
    for (let i = 0; i < width; i++) if (!((!isForbidden && isIn(first, i)) || isIn(second, i))) row[i] = -Infinity
    bestOf(best, 0, logSumExp(best, 0), k, { scores, ids, at: r * k })
  }
}

type Range = readonly [begin: number, end: number]

function rangesOf({ data, offset, stride }: Matrix, row: number): [Range, Range] {
  const at = offset + row * stride
  return [
    [data[at], data[at + 1]],
    [data[at + 2], data[at + 3]],
  ]
}

const isIn = ([begin, end]: Range, id: number) => id >= begin && id < end

function mostOf(row: Float32Array, [begin, end]: Range): number {
  let most = -Infinity
  for (let i = begin; i < end; i++) if (row[i] > most) most = row[i]
  return most
}
