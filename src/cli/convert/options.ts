import { some } from '../../base/schema/settings.ts'
import type { StoredDtype } from '../../files/folders/tensors/stored-dtype.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** The tokenizer of the model, and an adapter that is merged into it. */
export const readFlags = some(loadSettings, 'tokenizer', 'adapter')

/** The arguments and flags of `glassformer convert`. */
export interface ConvertCommandOptions extends Flagged<typeof readFlags> {
  to: 'huggingface' | 'glassformer'
  dtype?: StoredDtype
  output: string
  force?: true
  json?: true
}
