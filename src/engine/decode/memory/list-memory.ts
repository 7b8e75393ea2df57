import type { Matrix, Player, TensorArray } from '../../backend/interface/backend.ts'
import { copyListed, listedWidth } from '../../backend/interface/listed.ts'
import { PANEL, packedViews } from '../../backend/interface/packed.ts'
import { outputNames } from '../../model/layers/embedding.ts'
import type { Weights } from '../../weights/weights.ts'
import { listFor, type Shortlist } from '../batch/shortlist.ts'
import { RowAllocator, type RowRange } from './row-allocator.ts'
import { Slab } from './slab.ts'

/**
 * The place of a list: rows [range.begin, end) are the rows of the list, and the rows up to the end of the range fill
 * up its last panel.
 */
export interface List {
  range: RowRange
  end: number
}

/**
 * The rows of the output projection that each sentence's shortlist names, copied once for all its steps, and the ids of
 * these rows.
 */
export class ListMemory {
  readonly slab: Slab<Float32Array>
  readonly #shortlist: Shortlist
  readonly #weight: Matrix
  readonly #end: number
  readonly #vocabulary: number
  readonly #allocator = new RowAllocator()
  #ids: Int32Array
  /** The arrays that programs bind; a new object if one of the arrays is new. */
  arrays: Readonly<Record<string, TensorArray>>

  constructor(player: Player, weights: Weights, shortlist: Shortlist) {
    const place = weights.place(outputNames(weights.config).weight)
    this.#weight = { ...place, data: weights.values, stride: place.width, packed: packedViews(weights.values, place) }
    this.#shortlist = shortlist
    this.#end = weights.config.ids.end
    this.#vocabulary = weights.config.targetVocabulary
    this.slab = new Slab('listed', 1, listedWidth(place.encoding, place.width), 1024, (length) =>
      player.array('float32', length),
    )
    this.#ids = new Int32Array(this.slab.capacity)
    this.arrays = { 'listed.ids': this.#ids, ...this.slab.arrays }
  }

  /** Copies the shortlist of a source. */
  take(source: readonly number[]): List {
    const ids = listFor(this.#shortlist, source, this.#end, this.#vocabulary)
    const range = this.#allocator.take(Math.ceil(ids.length / PANEL) * PANEL)
    this.slab.grow(range.begin + range.length)
    if (this.#ids.length < this.slab.capacity) {
      const longer = new Int32Array(this.slab.capacity)
      longer.set(this.#ids)
      this.#ids = longer
      this.arrays = { 'listed.ids': longer, ...this.slab.arrays }
    }
    this.#ids.set(ids, range.begin)
    copyListed(this.#weight, ids, this.slab.layers[0], range.begin)
    return { range, end: range.begin + ids.length }
  }

  release({ range }: List): void {
    this.#allocator.release(range)
  }
}
