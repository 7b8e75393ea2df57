import type { Encoding, WeightStore } from '#dist/engine/backend/interface/backend.js'
import { packedViews, storedSize } from '#dist/engine/backend/interface/packed.js'
import { javascriptPacking } from '#dist/engine/weights/pack.js'

export interface Matrix {
  rows: number
  width: number
  values: Float32Array
  /** Its encoding, if it differs from the others. */
  encoding?: Encoding
}

/** Matrices in a store of their own, in one encoding unless they name another. */
export function encodedStore(common: Encoding, matrices: Record<string, Matrix>): WeightStore {
  const places = new Map<string, ReturnType<WeightStore['place']>>()
  let size = 0
  for (const [name, { rows, width, encoding = common }] of Object.entries(matrices)) {
    places.set(name, { offset: size, rows, width, encoding })
    size += Math.ceil(storedSize(encoding, rows, width) / 16) * 16
  }
  const store = { values: new Float32Array(size), place: (name: string) => places.get(name)! }
  for (const [name, { rows, values }] of Object.entries(matrices)) {
    const packed = packedViews(store.values, places.get(name)!)
    if (packed) javascriptPacking.packRows(packed, 0, rows, values)
    else store.values.set(values, places.get(name)!.offset)
  }
  return store
}
