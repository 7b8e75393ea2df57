/** A list of 32-bit integers in an array that grows by doubling. */
export class GrowingIntegers {
  /** The array, of which the first `length` numbers are the list. */
  values = new Int32Array(16)
  length = 0

  push(value: number): void {
    if (this.length === this.values.length) {
      const longer = new Int32Array(2 * this.length)
      longer.set(this.values)
      this.values = longer
    }
    this.values[this.length++] = value
  }

  clear(): void {
    this.length = 0
  }
}
