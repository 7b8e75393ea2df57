import type { Encoding } from '../backend/backend.ts'

/** How a model's matrices are to be held while it translates; 'auto': as its folder stores most of them. */
export type Precision = 'auto' | Encoding

export const precisions = ['auto', 'float32', 'bfloat16', 'int8'] as const satisfies Precision[]
