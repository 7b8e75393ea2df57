import type { Encoding } from '../backend/backend.ts'
import { storedSize } from '../backend/packed.ts'
import type { ModelConfig } from './config.ts'
import { fusedParameters, type Parameter, parameters } from './parameters.ts'

/** Where a weight lies in the store, in floats. */
export interface Placement extends Parameter {
  offset: number
  encoding: Encoding
}

/** A parameter's rows [row, row + rows) of the fused weight that it lies in. */
export interface Part {
  whole: string
  row: number
  rows: number
}

export interface Placements {
  placements: Map<string, Placement>
  /** Parameters that lie inside a fused weight and have no place of their own. */
  parts: Map<string, Part>
  /** Floats of the store. */
  size: number
}

const ALIGNMENT = 16 // floats: one cache line

/**
 * Lays out a model's weights. Float32 parameters that a fused weight spans lie side by side; everything else begins on a cache
 * line. What is encoded and fused is packed as one matrix, in the place of its first part.
 */
export function placeWeights(config: ModelConfig, encoding: Encoding): Placements {
  const encodes = ({ encodable }: Parameter) => encodable && encoding !== 'float32'
  const fused = fusedParameters(config)
  const spanning = fused.filter((weight) => !encodes(weight))
  const following = new Set(spanning.flatMap(({ of }) => of.slice(1)))
  const { wholes, parts } = swallow(fused.filter(encodes), config)
  const placements = new Map<string, Placement>()
  let size = 0
  for (const parameter of parameters(config)) {
    const stored = wholes.get(parameter.name) ?? parameter
    if (stored === parameter && parts.has(parameter.name)) continue
    const { name, rows, width, encodable } = stored
    if (!following.has(name)) size = Math.ceil(size / ALIGNMENT) * ALIGNMENT
    const placement = {
      name,
      rows,
      width,
      encodable,
      offset: size,
      encoding: encodes(stored) ? encoding : 'float32',
    } as const
    placements.set(name, placement)
    size += storedSize(placement.encoding, rows, width)
  }
  for (const { of, ...weight } of spanning)
    placements.set(weight.name, { ...weight, offset: placements.get(of[0])!.offset, encoding: 'float32' })
  return { placements, parts, size }
}

/** The fused weights by their first part, and every part's rows in them. */
function swallow(fused: readonly (Parameter & { of: string[] })[], config: ModelConfig) {
  const rows = new Map(parameters(config).map((parameter) => [parameter.name, parameter.rows]))
  const wholes = new Map<string, Parameter>()
  const parts: Placements['parts'] = new Map()
  for (const whole of fused) {
    wholes.set(whole.of[0], whole)
    let row = 0
    for (const part of whole.of) {
      parts.set(part, { whole: whole.name, row, rows: rows.get(part)! })
      row += rows.get(part)!
    }
  }
  return { wholes, parts }
}
