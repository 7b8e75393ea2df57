import { GlassformerError } from '../errors.ts'
import type { ModelConfig } from './config.ts'
import { fusedParameters, type Parameter, parameters } from './parameters.ts'

/** Where a weight lies in the store, in floats. */
export interface Placement extends Parameter {
  offset: number
}

const ALIGNMENT = 16 // floats: one cache line

/**
 * All weights of a model as float32 in one SharedArrayBuffer, which every worker thread and both backends read in place.
 * Parameters that a fused weight spans lie side by side; everything else begins on a cache line.
 */
export class Weights {
  readonly config: ModelConfig
  readonly values: Float32Array
  readonly placements: ReadonlyMap<string, Placement>

  /** Without `buffer`: zeros, to be filled through `get`. With it: the same weights, seen from another thread. */
  constructor(config: ModelConfig, buffer?: SharedArrayBuffer) {
    const { placements, size } = place(config)
    this.config = config
    this.placements = placements
    this.values = new Float32Array(buffer ?? new SharedArrayBuffer(size * 4))
    if (this.values.length !== size)
      throw new GlassformerError('ERR_INTERNAL', `weights of ${this.values.length} floats where ${size} were expected`)
  }

  /** The values of one weight, a view of the store. Fused names (`….queryKeyValue.weight`) count too. */
  get(name: string): Float32Array {
    const { offset, rows, width } = this.place(name)
    return this.values.subarray(offset, offset + rows * width)
  }

  /** The model's weights in the order in which they lie, without those that span several. */
  get parameters(): Parameter[] {
    return parameters(this.config)
  }

  place(name: string): Placement {
    const placement = this.placements.get(name)
    if (!placement) throw new GlassformerError('ERR_SHAPE', `the model has no weight named ${name}`)
    return placement
  }
}

function place(config: ModelConfig): { placements: Map<string, Placement>; size: number } {
  const placements = new Map<string, Placement>()
  const fused = fusedParameters(config)
  const following = new Set(fused.flatMap((weight) => weight.of.slice(1)))
  let size = 0
  for (const parameter of parameters(config)) {
    if (!following.has(parameter.name)) size = Math.ceil(size / ALIGNMENT) * ALIGNMENT
    placements.set(parameter.name, { ...parameter, offset: size })
    size += parameter.rows * parameter.width
  }
  for (const { name, rows, width, of } of fused)
    placements.set(name, { name, rows, width, offset: placements.get(of[0])!.offset })
  return { placements, size }
}
