import type { playFlags, workerFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** The forms in which vectors are written. */
export const forms = ['jsonl', 'npy', 'f32'] as const

export interface EmbedCommandOptions extends Flagged<typeof playFlags>, Flagged<typeof workerFlags> {
  model: string
  output?: string
  form?: (typeof forms)[number]
  field?: string
  prompt?: string
  dimensions?: number
  normalize?: boolean
  resume?: boolean
  progress?: boolean
}
