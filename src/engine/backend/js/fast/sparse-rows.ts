/**
 * Rows of a product that are mostly zeros, as relu leaves them: in trained models one number in a hundred to one in ten is not 0 ("The Lazy
 * Neuron Phenomenon", Li et al., 2023). Their products skip the zeros, which would add nothing, so that sums have the same bits. Only a
 * weight that is infinite or NaN would have made a difference, and a zero then does not meet it.
 */
export class SparseRows {
  /** How many numbers of a row are not 0; −1 for a row that is not sparse. */
  counts = new Int32Array(0)
  /**
   * The most numbers of a sparse row that are not 0, half of its width: numbers one by one take up to twice the time that they take in four
   * rows together.
   */
  most = 0
  /** The numbers of row r that are not 0, from r · most on, and their columns, ascending. */
  numbers = new Float64Array(0)
  columns = new Int32Array(0)

  /**
   * Finds the sparse rows; the result holds until the next call. Whole four rows lie as [width, 4], and are sparse if each of them is;
   * remaining rows lie as [width].
   */
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

  /** Lists the numbers of a row that are not 0, until there are too many for a sparse row. */
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
