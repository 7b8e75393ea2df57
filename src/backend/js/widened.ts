import type { Matrix } from '../backend.ts'
import { Scratch } from './unpack.ts'

/** Some rows of a bfloat16 matrix as float32, in memory that is kept from call to call. */
export class WidenedRows {
  readonly #scratch = new Scratch()
  readonly #rows: Matrix = { data: this.#scratch.floats, offset: 0, stride: 0, rows: 0, width: 0 }

  /** [count, width]: rows rowOf(0), rowOf(1), … of `matrix`, until the next call. */
  of({ data, offset, stride, width }: Matrix, count: number, rowOf: (j: number) => number): Matrix {
    this.#scratch.reserve(count * width)
    const { bits, floats } = this.#scratch
    for (let j = 0, at = 0; j < count; j++) {
      const from = offset + rowOf(j) * stride
      for (let i = from; i < from + width; i++) bits[at++] = data[i] << 16
    }
    this.#rows.data = floats
    this.#rows.rows = count
    this.#rows.stride = this.#rows.width = width
    return this.#rows
  }
}
