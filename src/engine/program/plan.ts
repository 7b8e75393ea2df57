import { entryOf } from '../../base/present.ts'
import type { Instruction } from './instructions/instruction.ts'
import type { Rows, Tensor } from './instructions/tensor.ts'

/** Key of the region for planned tensors whose rows are a constant. */
export const CONSTANT = ''

/** Where every planned tensor lies. */
export interface Plan {
  /** The row symbols of the program, in the order of first use. */
  symbols: string[]
  /** Floats per row of each symbol's region. The entry CONSTANT has the floats of all tensors with constant rows. */
  regions: Map<string, number>
  /** Floats per row before the tensor in its region (constant rows: floats). */
  offsets: Map<Tensor, number>
}

/**
 * Plans memory from liveness. All tensors of one row symbol grow together, so offsets are planned in floats per row, once
 * for every batch: a tensor of rows S lies at S × offset in the region of S. First fit over the gaps between live tensors.
 */
export function planMemory(instructions: readonly Instruction[]): Plan {
  const lastUse = new Map<Tensor, number>()
  const symbols = new Set<string>()
  instructions.forEach(({ inputs, outputs }, at) => {
    for (const tensor of [...inputs, ...outputs]) {
      if (!tensor) continue
      if (typeof tensor.rows === 'string') symbols.add(tensor.rows)
      lastUse.set(tensor.base, at)
    }
  })
  const regions = new Map<string, number>()
  for (const symbol of symbols) regions.set(symbol, 0)
  const offsets = new Map<Tensor, number>()
  const live = new Map<string, Tensor[]>()
  instructions.forEach(({ outputs }, at) => {
    for (const { base: tensor } of outputs) {
      if (tensor.kind !== 'planned' || offsets.has(tensor)) continue
      const region = regionOf(tensor.rows)
      // A tensor stays live during the instruction that reads it last, so no output overlaps an input.
      const neighbors = (live.get(region) ?? []).filter((other) => entryOf(lastUse, other) >= at)
      const offset = firstFit(neighbors, offsets, sizeOf(tensor))
      offsets.set(tensor, offset)
      neighbors.push(tensor)
      live.set(region, neighbors)
      regions.set(region, Math.max(regions.get(region) ?? 0, offset + sizeOf(tensor)))
    }
  })
  return { symbols: [...symbols], regions, offsets }
}

const regionOf = (rows: Rows) => (typeof rows === 'string' ? rows : CONSTANT)
const sizeOf = ({ rows, width }: Tensor) => (typeof rows === 'string' ? width : rows * width)

function firstFit(live: readonly Tensor[], offsets: ReadonlyMap<Tensor, number>, size: number): number {
  let at = 0
  for (const other of [...live].sort((a, b) => entryOf(offsets, a) - entryOf(offsets, b))) {
    if (entryOf(offsets, other) - at >= size) break
    at = Math.max(at, entryOf(offsets, other) + sizeOf(other))
  }
  return at
}
