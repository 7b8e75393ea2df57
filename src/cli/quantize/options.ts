import type { StoredDtype } from '../../folders/stored-dtype.ts'
import type { TestOptions } from '../flags/test-options.ts'

/** What `glassformer quantize` is given. */
export interface QuantizeCommandOptions extends TestOptions {
  to: StoredDtype
  output: string
  force?: true
  json?: true
}
