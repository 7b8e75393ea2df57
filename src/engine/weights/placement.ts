import type { Encoding } from '../backend/interface/backend.ts'
import { storedSize } from '../backend/interface/packed.ts'
import type { Parameter, PlayedWeight } from './parameters.ts'

/** The place of a weight in the store, in floats. */
export interface Placement extends Parameter {
  offset: number
  encoding: Encoding
}

/** A parameter as a part of an encoded weight: rows [row, row + rows) of that weight. */
export interface Part {
  whole: string
  row: number
  rows: number
}

export interface Placements {
  placements: Map<string, Placement>
  /** Parameters that are parts of an encoded weight and therefore have no place of their own. */
  parts: Map<string, Part>
  /** The size of the store in floats. */
  size: number
}

/** The encoding of a weight in a store whose matrices have `encoding`. */
export const encodingOf = (weight: Pick<Parameter, 'encodable' | 'staysInt8'>, encoding: Encoding): Encoding =>
  weight.encodable ? matrixEncoding(weight, encoding) : 'float32'

/** The encoding of a matrix where matrices have `encoding`. */
export const matrixEncoding = <T extends Encoding>({ staysInt8 }: Pick<Parameter, 'staysInt8'>, encoding: T) =>
  encoding === 'int4' && staysInt8 ? 'int8' : encoding

const ALIGNMENT = 16 // floats: one cache line

/**
 * Lays out a model's weights, each beginning on a cache line. Parts of a float32 weight lie side by side and have
 * places of their own; an encoded weight is packed as one matrix.
 */
export function placeWeights(weights: readonly PlayedWeight[], encoding: Encoding): Placements {
  const placements = new Map<string, Placement>()
  const parts: Placements['parts'] = new Map()
  let size = 0
  for (const { parts: own, ...weight } of weights) {
    const offset = Math.ceil(size / ALIGNMENT) * ALIGNMENT
    const placement = { ...weight, offset, encoding: encodingOf(weight, encoding) }
    placements.set(weight.name, placement)
    size = offset + storedSize(placement.encoding, weight.rows, weight.width)
    own.forEach((part, i) => {
      if (part.name === weight.name) return
      if (placement.encoding === 'float32')
        placements.set(part.name, { ...part, offset: offset + i * part.rows * part.width, encoding: 'float32' })
      else parts.set(part.name, { whole: weight.name, row: i * part.rows, rows: part.rows })
    })
  }
  return { placements, parts, size }
}
