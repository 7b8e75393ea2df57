import type { Matrix } from '../../interface/backend.ts'
import { Scratch } from './unpack.ts'

/** Some rows of a bfloat16 matrix as float32, in memory that is kept from call to call. */
export class WidenedRows {
  readonly #scratch = new Scratch()
  readonly #rows: Matrix = { data: this.#scratch.floats, offset: 0, stride: 0, rows: 0, width: 0 }

  /** [count, width]: rows rowOf(0), rowOf(1), … of `matrix`, until the next call. */
  of({ data, offset, stride, width }: Matrix, count: number, rowOf: (j: number) => number): Matrix {
    this.#scratch.reserve(count * width)
    const { bits, floats } = this.#scratch
    for (let j = 0; j < count; j++) widenRow(data, offset + rowOf(j) * stride, bits, j * width, width)
    this.#rows.data = floats
    this.#rows.rows = count
    this.#rows.stride = this.#rows.width = width
    return this.#rows
  }
}

/** The float32 whose bits are bits[to … to + width) ← the bfloat16 of data[from … from + width). */
function widenRow(data: Matrix['data'], from: number, bits: Uint32Array, to: number, width: number): void {
  for (let i = 0; i < width; i++) bits[to + i] = data[from + i] << 16
}
