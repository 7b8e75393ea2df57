import type { WeightStore } from '../backend/backend.ts'

/**
 * What a weight is to its model; how it may be stored and what it is before training follow from it.
 * - `matrix`: a linear layer's, [outputs, inputs] as PyTorch has it;
 * - `embedding`: a row for each token, which the output projection may multiply with too;
 * - `positions`: a row for each position, added to embeddings;
 * - `distances`: a row for each distance of query and key, added to keys or values;
 * - `gain` and `bias`: one row, of a norm or a linear layer.
 */
export type Role = 'matrix' | 'embedding' | 'positions' | 'distances' | 'gain' | 'bias'

/** A weight [rows, width] as the model declares it where it uses it. */
export interface Declaration {
  rows: number
  width: number
  role: Role
  /**
   * Modules beside the declaring one whose weights lie in this one, equal in size and one after the other: rows of a matrix, columns of
   * a bias. They are stored and trained under their own names, and played as one.
   */
  parts?: readonly string[]
}

/** Where a program's weights lie; one that collects is told what the model declares, in the order of recording. */
export interface DeclaredWeights extends WeightStore {
  declare?(name: string, declaration: Declaration): void
}
