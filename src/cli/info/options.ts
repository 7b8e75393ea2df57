import { some } from '../../schema/settings.ts'
import { loadSettings } from '../../translate/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** What plays the model, and on how many threads. */
export const flags = some(loadSettings, 'backend', 'precision', 'threads')

/** What `glassformer info` is given. */
export interface InfoCommandOptions extends Flagged<typeof flags> {
  model?: string
  json?: true
}
