import type { Parameter } from '../../../engine/weights/parameters.ts'

type Convolution = Pick<Parameter, 'width' | 'taps'>

/** Turns the rows of a convolution's weight, in place, from [width / taps, taps], as other software has them, into [taps, width / taps]. */
export const tapsFirst = (values: Float32Array, { width, taps = 1 }: Convolution): void =>
  turnRows(values, width / taps, taps)

/** The same the other way round, in a copy. */
export function tapsLast(values: Float32Array, { width, taps = 1 }: Convolution): Float32Array {
  const turned = values.slice()
  turnRows(turned, taps, width / taps)
  return turned
}

/** Transposes each [rows, columns] of `values`. */
function turnRows(values: Float32Array, rows: number, columns: number): void {
  const size = rows * columns
  const row = new Float32Array(size)
  for (let at = 0; at < values.length; at += size) {
    row.set(values.subarray(at, at + size))
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) values[at + j * rows + i] = row[i * columns + j]
  }
}
