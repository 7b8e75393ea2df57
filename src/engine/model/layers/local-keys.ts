import type { Tensor } from '../../program/instructions/tensor.ts'

/**
 * Keys and values that queries see, where that is not their whole sentence: spans of queries and of keys, and the key at which the first
 * query of each span stands.
 */
export interface SeenKeys {
  k: Tensor
  v: Tensor
  queries: Tensor
  keys: Tensor
  at: Tensor
}
