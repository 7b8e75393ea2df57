import type { TracedOrigin, TracedOriginRow } from '../data/trace.ts'
import type { TensorOrigin } from '../edits/tensor-origin.ts'

/** Reads a tensor of the play by its origin: its values, row by row, and the length of a row. */
export type ReadTensor = (origin: TensorOrigin) => { values: Float32Array; width: number }

/** The tensors that an origin needs, and the origin once these have been played. */
export interface Plan {
  needs: TensorOrigin[]
  /** The rule and the operands of the number. */
  told(read: ReadTensor): Omit<TracedOrigin, 'tensor' | 'at' | 'value'>
}

/** Numbers in a line of a tensor of the trace, from the index `from` on. */
export const rowNamed = (
  tensor: string,
  at: (number | null)[],
  values: Iterable<number>,
  from = 0,
): TracedOriginRow => ({
  name: tensor,
  tensor,
  at,
  from,
  values: Array.from(values),
})

/** A row of a tensor of the play. */
export const rowOf = ({ values, width }: { values: Float32Array; width: number }, row: number) =>
  Array.from(values.subarray(row * width, (row + 1) * width))
