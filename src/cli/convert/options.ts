import type { exportSettings } from '../../folders/export.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** What `glassformer convert` is given. */
export interface ConvertCommandOptions extends Flagged<typeof exportSettings> {
  to: 'huggingface'
  output: string
  force?: true
  json?: true
}
