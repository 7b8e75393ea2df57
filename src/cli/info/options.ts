import { some } from '../../base/schema/settings.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** The backend that runs the model, and its number of threads. */
export const flags = some(loadSettings, 'backend', 'precision', 'threads', 'tokenizer')

/** The arguments and flags of `glassformer info`. */
export interface InfoCommandOptions extends Flagged<typeof flags> {
  model?: string
  json?: true
}
