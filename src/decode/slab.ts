/** Rows of float32 for each decoder layer, [capacity, width], allocated once; more rows only when all are in use. */
export class Slab {
  readonly width: number
  capacity: number
  layers: Float32Array[]
  /** The layers as they are bound, `name.0`, `name.1`, …; another object when they have grown. */
  arrays: Readonly<Record<string, Float32Array>>
  readonly #name: string

  constructor(name: string, layers: number, width: number, capacity: number) {
    this.#name = name
    this.width = width
    this.capacity = capacity
    this.layers = Array.from({ length: layers }, () => new Float32Array(capacity * width))
    this.arrays = this.#named()
  }

  /** At least `rows` rows: doubles, and keeps what is there. */
  grow(rows: number): void {
    if (rows <= this.capacity) return
    this.capacity = Math.max(rows, 2 * this.capacity)
    this.layers = this.layers.map((layer) => {
      const larger = new Float32Array(this.capacity * this.width)
      larger.set(layer)
      return larger
    })
    this.arrays = this.#named()
  }

  #named(): Record<string, Float32Array> {
    return Object.fromEntries(this.layers.map((layer, i) => [`${this.#name}.${i}`, layer]))
  }
}
