import type { Matrix } from '../../interface/backend.ts'
import { spanAt, spanLength } from '../../interface/spans.ts'
import { checkRange, checkSpans, checkTiling } from './check.ts'

/** Checks the spans of sentences that tile `rows` rows. */
export function checkTiles(op: string, spans: Matrix, rows: number): void {
  checkSpans(op, 'spans', spans, rows)
  checkTiling(op, spans, rows)
}

/** Checks where the rows of a step go on from, and where their states go. */
export function checkPaths(op: string, parents: Matrix, slots: Matrix, cache: Matrix): void {
  checkRange(op, 'parent', parents, -1, cache.rows)
  checkRange(op, 'slot', slots, 0, cache.rows)
}

/** Calls use(row, the row before it in its sentence or −1, its place in the sentence) for all rows, in order. */
export function forTokens(spans: Matrix, use: (row: number, before: number, t: number) => void): void {
  for (let b = 0; b < spans.rows; b++) {
    const begin = spanAt(spans, b)
    for (let t = 0; t < spanLength(spans, b); t++) use(begin + t, t ? begin + t - 1 : -1, t)
  }
}

/** Calls use(row, its place in the sentence, whether it is the last) for all rows, sentence by sentence, the last token first. */
export function forTokensBackward(spans: Matrix, use: (row: number, t: number, isLast: boolean) => void): void {
  for (let b = 0; b < spans.rows; b++) {
    const length = spanLength(spans, b)
    for (let t = length - 1; t >= 0; t--) use(spanAt(spans, b) + t, t, t === length - 1)
  }
}

/** Where row r of a matrix begins. */
export const rowAt = ({ offset, stride }: Matrix, row: number): number => offset + row * stride

/** The sums of columns, their mean and their variance, and mean² + 10⁻¹⁰. */
export function columnShares(x: Matrix) {
  const sums = new Float64Array(x.width)
  for (let row = 0; row < x.rows; row++) for (let e = 0; e < x.width; e++) sums[e] += x.data[rowAt(x, row) + e]
  const mean = sums.reduce((a, b) => a + b, 0) / x.width
  const variance = sums.reduce((total, sum) => total + (sum - mean) ** 2, 0) / x.width
  return { sums, mean, variance, square: mean ** 2 + 1e-10 }
}

export function clear(m: Matrix): void {
  for (let row = 0; row < m.rows; row++) m.data.fill(0, m.offset + row * m.stride, m.offset + row * m.stride + m.width)
}
