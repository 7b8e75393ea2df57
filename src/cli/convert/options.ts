import type { StoredDtype } from '../../files/folders/stored-dtype.ts'

/** What `glassformer convert` is given. */
export interface ConvertCommandOptions {
  to: 'huggingface' | 'glassformer'
  dtype?: StoredDtype
  output: string
  force?: true
  json?: true
}
