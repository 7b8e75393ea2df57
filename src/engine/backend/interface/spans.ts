import type { Matrix } from './backend.ts'

// Rows [begin, end) of a matrix of integers.

export const spanAt = ({ data, offset, stride }: Matrix, row: number): number => data[offset + row * stride]

export const spanLength = (spans: Matrix, row: number): number =>
  spans.data[spans.offset + row * spans.stride + 1] - spanAt(spans, row)

/** The number of pairs of rows in two spans of each sentence: Σ length · length. */
export function pairsOfSpans(first: Matrix, second: Matrix): number {
  let pairs = 0
  for (let b = 0; b < first.rows; b++) pairs += spanLength(first, b) * spanLength(second, b)
  return pairs
}

/** The number of rows in all spans. */
export function rowsOfSpans(spans: Matrix): number {
  let rows = 0
  for (let b = 0; b < spans.rows; b++) rows += spanLength(spans, b)
  return rows
}
