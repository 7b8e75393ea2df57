import type { TensorArray } from '../backend/backend.ts'

/** Rows of float32 for each decoder layer, [capacity, width], allocated once; more rows only when all are in use. */
export class Slab {
  readonly width: number
  layers: Float32Array[]
  capacity: number
  readonly #names: string[]

  /** The layers are bound as `name.0`, `name.1`, …. */
  constructor(name: string, layers: number, width: number, capacity: number) {
    this.#names = Array.from({ length: layers }, (_, i) => `${name}.${i}`)
    this.width = width
    this.capacity = capacity
    this.layers = Array.from({ length: layers }, () => new Float32Array(capacity * width))
  }

  bind(arrays: Record<string, TensorArray>): void {
    for (let i = 0; i < this.layers.length; i++) arrays[this.#names[i]] = this.layers[i]
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
  }
}
