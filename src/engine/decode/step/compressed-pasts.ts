import { GrowingIntegers } from '../../../base/values/joined-arrays.ts'
import type { TensorArray } from '../../backend/interface/backend.ts'
import { MadeRows } from '../../model/compressed/memory-rows.ts'

/**
 * The arrays that one decoding step binds for compressed memory: the rows of memory that it makes, and those that each row sees. A row of memory stands in
 * the slot of its last token; a block has its row in the step in which its last token is read, and is seen from the token after it on.
 */
export class CompressedPasts {
  readonly #factor: number
  readonly #made: MadeRows
  readonly #slots = new GrowingIntegers()
  readonly #ancestors = new GrowingIntegers()
  readonly #pasts = new GrowingIntegers()
  #arrays: Record<string, TensorArray> = {}

  constructor(factor: number) {
    this.#factor = factor
    this.#made = new MadeRows({ factor })
  }

  begin(): void {
    this.#made.clear()
    for (const list of [this.#slots, this.#ancestors, this.#pasts]) list.clear()
  }

  /** Adds a row, whose path of slots is path[0 … position], its own slot last. */
  addRow(path: Int32Array, position: number): void {
    const factor = this.#factor
    this.#pasts.push(this.#ancestors.length)
    this.#ancestors.push(path[0])
    for (let last = factor - 1; last < position; last += factor) this.#ancestors.push(path[last])
    this.#pasts.push(this.#ancestors.length)
    const isLast = position % factor === factor - 1
    if (position > 0 && !isLast) return
    if (position === 0) this.#made.addFirst(path[0])
    else this.#made.addBlock((j) => path[position - factor + 1 + j])
    this.#slots.push(path[position])
  }

  /** Writes the number of rows of each symbol of the program into `rows`. */
  count(rows: Record<string, number>): void {
    Object.assign(rows, this.#made.rows)
    rows['C.seen'] = this.#ancestors.length
  }

  /** All arrays by the names of their bindings; a new object if one of the arrays is new. */
  get arrays(): Readonly<Record<string, TensorArray>> {
    const now = {
      ...this.#made.arrays,
      'compressed.slots': this.#slots.values,
      'compressed.ancestors': this.#ancestors.values,
      'compressed.pasts': this.#pasts.values,
    }
    if (Object.entries(now).some(([name, array]) => this.#arrays[name] !== array)) this.#arrays = now
    return this.#arrays
  }
}
