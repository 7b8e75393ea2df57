import { GlassformerError } from '../../../../base/errors.ts'
import type { Matrix } from '../../interface/backend.ts'

/** Throws ERR_SHAPE unless every value of an integer matrix lies in [low, high). */
export function checkRange(
  op: string,
  what: string,
  { data, offset, stride, rows, width }: Matrix,
  low: number,
  high: number,
): void {
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < width; i++) {
      const value = data[offset + row * stride + i]
      if (!(value >= low && value < high)) refuse(op, `${what} ${value} at row ${row} is outside [${low}, ${high})`)
    }
}

/** Throws ERR_SHAPE unless every row is a span [begin, end) inside `limit` rows. */
export function checkSpans(op: string, what: string, { data, offset, stride, rows }: Matrix, limit: number): void {
  for (let row = 0; row < rows; row++) {
    const begin = data[offset + row * stride]
    const end = data[offset + row * stride + 1]
    if (!(begin >= 0 && begin <= end && end <= limit))
      refuse(op, `${what} [${begin}, ${end}) at row ${row} is no span of ${limit} rows`)
  }
}

/** Throws ERR_SHAPE unless the spans of queries lie one after the other and cover all rows. */
export function checkTiling(op: string, { data, offset, stride, rows: count }: Matrix, rows: number): void {
  let end = 0
  for (let b = 0; b < count; b++) {
    const begin = data[offset + b * stride]
    if (begin !== end) refuse(op, `queries at row ${b} begin at ${begin}, not at ${end}`)
    end = data[offset + b * stride + 1]
  }
  if (end !== rows) refuse(op, `queries cover ${end} of ${rows} rows`)
}

/** Throws ERR_SHAPE where spans of keys overlap those before. */
export function checkApart(op: string, { data, offset, stride, rows }: Matrix): void {
  for (let b = 1; b < rows; b++)
    if (data[offset + b * stride] < data[offset + (b - 1) * stride + 1])
      refuse(op, `keys at row ${b} overlap those before`)
}

/** Throws ERR_SHAPE unless the traced weights have as many rows as there are pairs of queries and keys. */
export function checkPairs(op: string, weights: Matrix | null, pairs: number): void {
  if (weights && weights.rows !== pairs) refuse(op, `P is ${weights.rows}, there are ${pairs} pairs`)
}

export function refuse(op: string, what: string): never {
  throw new GlassformerError('ERR_SHAPE', `${op}: ${what}`)
}
