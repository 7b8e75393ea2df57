/**
 * A low-rank adapter of a model (LoRA, Hu et al. 2021): for some of its parameters W a product B A that is added to it, where A is
 * [rank, inputs] and B [outputs, rank].
 */
export interface Adapter {
  /** Tells adapters apart, whatever they are called: no two in a process have the same. */
  id: number
  /** Its name, for messages. */
  name: string
  /** All matrices, one after the other, in memory that threads share. */
  values: Float32Array
  branches: readonly AdapterBranch[]
}

/** The product for one parameter. */
export interface AdapterBranch {
  parameter: string
  rank: number
  /** Where A [rank, inputs] begins in `values`. */
  down: number
  /** Where Bᵀ [rank, outputs] begins, which the scale of the adapter has been multiplied into. */
  up: number
}

let last = 0

/** The next number of an adapter. */
export const nextAdapterId = (): number => ++last
