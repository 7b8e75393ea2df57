/**
 * Rows of a product that are mostly zeros, as relu leaves them: in models that were trained one number in a hundred to one in ten is
 * not 0 ("The Lazy Neuron Phenomenon", Li et al., 2023). Their products pass over the zeros, which would add nothing: sums have the
 * same bits. Only a weight that is infinite or no number would have made a difference, and is not met by a zero then.
 */
export class SparseRows {
  /** How many numbers of a row are not 0; −1 of one that is not sparse. */
  counts = new Int32Array(0)
  /** More than half of a row is too much: one by one numbers take up to twice the time that they take in four rows together. */
  most = 0
  /** What is not 0 in row r, and in which columns, ascending: from r · most on. */
  numbers = new Float64Array(0)
  columns = new Int32Array(0)

  /** Until the next call. Whole four rows lie as [width, 4], and are sparse if each of them is; those that are left over as [width]. */
  find(rows: Float64Array, count: number, width: number): void {
    this.most = width >> 1
    if (this.counts.length < count) this.counts = new Int32Array(count)
    if (this.columns.length < count * this.most) {
      this.numbers = new Float64Array(count * this.most)
      this.columns = new Int32Array(count * this.most)
    }
    let row = 0
    for (; row + 4 <= count; row += 4) {
      let r = 0
      while (r < 4 && this.#isSparse(row + r, rows, row * width + r, 4, width)) r++
      if (r < 4) this.counts.fill(-1, row, row + 4)
    }
    for (; row < count; row++) this.#isSparse(row, rows, row * width, 1, width)
  }

  /** Lists a row, up to where it has too much to be sparse. */
  #isSparse(row: number, rows: Float64Array, from: number, step: number, width: number): boolean {
    const { numbers, columns } = this
    const begin = row * this.most
    const end = begin + this.most
    let to = begin
    for (let column = 0; column < width; column++, from += step) {
      const number = rows[from]
      if (number === 0) continue
      if (to === end) {
        this.counts[row] = -1
        return false
      }
      numbers[to] = number
      columns[to++] = column
    }
    this.counts[row] = to - begin
    return true
  }
}
