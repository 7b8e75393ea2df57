import { settings } from '../../base/schema/settings.ts'
import { oneOf } from '../../base/schema/types.ts'
import type { Encoding, NumberFormat, PlayerInfo } from '../backend/interface/backend.ts'

/**
 * The format of a model's matrices during translation; 'auto' is the format in which its folder stores most of them.
 */
export type Precision = 'auto' | NumberFormat

/** The schema of `Encoding`. */
export const encodings = ['float32', 'bfloat16', 'int8', 'int4', 'float32panels'] as const satisfies Encoding[]

/** The storage of the matrices of `Weights` in memory. */
export const encodingSettings = settings({
  encoding: { type: oneOf(...encodings), says: 'how matrices are stored in memory' },
})

export const precisions = ['auto', 'float32', 'bfloat16', 'int8', 'int4'] as const satisfies Precision[]

/** The format of a weight's numbers, whatever their layout. */
export const formatOf = (encoding: Encoding): NumberFormat => (encoding === 'float32panels' ? 'float32' : encoding)

/** The settings for a model's matrices. */
export interface WeightStorage {
  precision: Precision
  /**
   * Whether float32 matrices lie in panels, for a player that `wantsPanels`. Otherwise they lie in rows, which training
   * and readers of values need.
   */
  panels: boolean
}

/** Whether a player is faster with float32 matrices in panels. JavaScript and the scalar kernels read rows. */
export const wantsPanels = ({ backend, isa }: PlayerInfo): boolean => backend !== 'js' && isa !== 'scalar'
