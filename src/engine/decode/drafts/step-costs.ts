/** How much of what was known the latest step leaves. */
const KEPT = 0.98
/** The steps after which times are known well enough. */
const ENOUGH = 32

/** The time of a step by its rows, a + b · rows in milliseconds, fitted to the latest steps by least squares. */
export class StepCosts {
  #count = 0
  /** Decayed sums: 1, rows, time, rows², rows · time. */
  #sums = [0, 0, 0, 0, 0]

  took(rows: number, milliseconds: number): void {
    this.#count++
    const terms = [1, rows, milliseconds, rows * rows, rows * milliseconds]
    this.#sums = this.#sums.map((sum, i) => KEPT * sum + terms[i])
  }

  /** The time of a step of so many rows, in milliseconds; null while too little is known. */
  of(rows: number): number | null {
    const [n, r, t, squares, products] = this.#sums
    const spread = n * squares - r * r
    if (this.#count < ENOUGH || spread < 1e-3 * n * n) return null
    const perRow = Math.max(0, (n * products - r * t) / spread)
    const fixed = (t - perRow * r) / n
    return fixed > 0 ? fixed + perRow * rows : null
  }
}
