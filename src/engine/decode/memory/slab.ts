export type CacheArray = Float32Array | Uint16Array

/**
 * Rows of a new table of keys and values. More for a large model would be so much memory that V8 collects garbage before
 * the first sentence.
 */
export const FIRST_ROWS = 256

/**
 * A growing table of numbers for each decoder layer, [capacity, width]. It is reallocated only when all rows are in
 * use.
 */
export class Slab<A extends CacheArray> {
  readonly width: number
  capacity: number
  layers: A[]
  /** The bindings of the layers, `name.0`, `name.1`, …; a new object after the table has grown. */
  arrays: Readonly<Record<string, A>>
  readonly #name: string
  readonly #allocate: (length: number) => A

  constructor(name: string, layers: number, width: number, capacity: number, allocate: (length: number) => A) {
    this.#name = name
    this.#allocate = allocate
    this.width = width
    this.capacity = capacity
    this.layers = Array.from({ length: layers }, () => allocate(capacity * width))
    this.arrays = this.#named()
  }

  /** Makes room for at least `rows` rows: doubles the capacity, and keeps the values of the rows. */
  grow(rows: number): void {
    if (rows <= this.capacity) return
    this.capacity = Math.max(rows, 2 * this.capacity)
    this.layers = this.layers.map((layer) => {
      const larger = this.#allocate(this.capacity * this.width)
      larger.set(layer)
      return larger
    })
    this.arrays = this.#named()
  }

  #named(): Record<string, A> {
    return Object.fromEntries(this.layers.map((layer, i) => [`${this.#name}.${i}`, layer]))
  }
}
