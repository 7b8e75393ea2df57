import type { StoredDtype } from '../../files/folders/stored-dtype.ts'

/** The arguments and flags of `glassformer convert`. */
export interface ConvertCommandOptions {
  to: 'huggingface' | 'glassformer'
  dtype?: StoredDtype
  output: string
  force?: true
  json?: true
}
