import type { Packed, PackedInt8, TensorSpec } from '../../interface/backend.ts'
import { PANEL, packedViews, rowStart } from '../../interface/packed.ts'

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

/**
 * int8 weights as JavaScript multiplies them fastest: two outputs in one float64, low + 2²⁷ · high. One multiplication by an integer and
 * one addition then serve both, and no loaded value has to be made a float64. The sums are exact as long as each stays below 2²⁶, because
 * both together have 53 bits; sums of LONGEST_SUM products of integers up to 127 do.
 *
 * A panel of 16 outputs becomes two halves [depth][4]: pair j of half h holds outputs 8h + j and 8h + 4 + j.
 */
export const HIGH = 2 ** 27

export const LONGEST_SUM = 4096

/** Float64s of a panel. */
export const pairedSize = ({ depth }: PackedInt8) => (PANEL / 2) * depth

/** A whole weight in pairs, which are made at the first call. */
export function pairsOf(packed: PackedInt8): () => Float64Array {
  let pairs: Float64Array | null = null
  return () => {
    pairs ??= paired(packed)
    return pairs
  }
}

function paired(packed: PackedInt8): Float64Array {
  const size = pairedSize(packed)
  const panels = packed.values.length / (PANEL * packed.depth)
  const pairs = new Float64Array(panels * size)
  for (let panel = 0; panel < panels; panel++) pairPanel(packed, panel, pairs, panel * size)
  return pairs
}

/** Float64s of `to` from `at` on ← a panel in pairs. */
export function pairPanel(packed: PackedInt8, panel: number, to: Float64Array, at: number): void {
  const { values, depth } = packed
  for (let pair = 0; pair < PANEL / 2; pair++) {
    const half = pair >> 2
    let from = rowStart(packed, panel * PANEL + 8 * half + (pair & 3))
    let place = at + half * 4 * depth + (pair & 3)
    for (let k = 0; k < depth; k += 4, from += 64)
      for (let low = from; low < from + 4; low++, place += 4) to[place] = values[low] + HIGH * values[low + 16]
  }
}
