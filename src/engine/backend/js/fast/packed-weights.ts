import type { Packed, TensorSpec } from '../../interface/backend.ts'
import { packedViews } from '../../interface/packed.ts'
import { pairsOf } from './pairs.ts'

/** The encoded weights of every store that a player has seen. Programs share these weights, and the forms of them that products need. */
export class PackedWeights {
  readonly #stores = new WeakMap<Float32Array, Map<number, Packed>>()

  of(values: Float32Array, tensor: TensorSpec): Packed | undefined {
    if (tensor.kind !== 'weight') return undefined
    const known = this.#stores.get(values) ?? new Map<number, Packed>()
    this.#stores.set(values, known)
    const packed = known.get(tensor.offset) ?? packedViews(values, tensor)
    if (!packed) return undefined
    if (packed.encoding === 'int8') packed.pairs ??= pairsOf(packed)
    known.set(tensor.offset, packed)
    return packed
  }
}
