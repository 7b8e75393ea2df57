import type { Encoding, NumberFormat, PlayerInfo } from '../backend/backend.ts'

/** What a model's matrices are to be held in while it translates; 'auto': as its folder stores most of them. */
export type Precision = 'auto' | NumberFormat

/** Every `Encoding`. */
export const encodings = ['float32', 'bfloat16', 'int8', 'float32panels'] as const satisfies Encoding[]

export const precisions = ['auto', 'float32', 'bfloat16', 'int8'] as const satisfies Precision[]

/** What numbers a weight is held in, however they lie. */
export const formatOf = (encoding: Encoding): NumberFormat => (encoding === 'float32panels' ? 'float32' : encoding)

/** How a model's matrices are to be held. */
export interface WeightStorage {
  precision: Precision
  /** Those of float32 in panels, for a player that `wantsPanels`; else in rows, as whoever looks at their values or trains wants them. */
  panels: boolean
}

/** Whether a player is faster with matrices of float32 in panels: JavaScript and the kernels without vectors of their own read rows. */
export const wantsPanels = ({ backend, isa }: PlayerInfo): boolean => backend === 'native' && isa !== 'scalar'
