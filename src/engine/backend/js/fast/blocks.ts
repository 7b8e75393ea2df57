/** The arguments of blocks, which scripts/generate/blocks.ts writes. Callers keep them from call to call. */
import type { Matrix } from '../../interface/backend.ts'

/** Numbers of a matrix that is not packed. */
export type Floats = Matrix['data']

/** Factors from `at` on: `count` of one row, or of each of four rows, which lie as [count, 4]. */
export interface Factors {
  data: Float64Array
  at: number
  count: number
}

/** The factors [at, end) of a row that are not 0, and the numbers of their inputs. */
export interface SparseFactors {
  numbers: Float64Array
  columns: Int32Array
  at: number
  end: number
}

/** Numbers from `at` on. */
export interface Place<Data> {
  data: Data
  at: number
  stride: number
}
