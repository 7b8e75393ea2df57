import { some } from '../../base/schema/settings.ts'
import { playFlags, searchFlags, workerFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

export const readFlags = {
  ...some(searchFlags, 'beams', 'alternatives', 'lengthPenalty', 'maxTokens', 'loops'),
  ...some(searchFlags, 'sample', 'seed', 'temperature', 'topK', 'topP'),
}
export const loadFlags = { ...playFlags, ...workerFlags }

/** The flags of `glassformer read`. */
export interface ReadCommandOptions extends Flagged<typeof readFlags>, Flagged<typeof loadFlags> {
  model: string
  json?: true
  /** Undefined: progress is shown where it cannot garble the output. */
  progress?: boolean
}
