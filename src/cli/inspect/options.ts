import { settings, some } from '../../base/schema/settings.ts'
import { integer } from '../../base/schema/types.ts'
import { loadSettings, textSettings } from '../../use/translate/options/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** The address of the page. */
export const pageFlags = settings({
  port: {
    type: integer(0, 65_535),
    default: 0,
    otherwise: 'one that is free',
    flag: '--port <n>',
    says: 'port of the page on 127.0.0.1, which no other machine reaches',
  },
})

/** The backend that runs the model. */
export const modelFlags = some(loadSettings, 'backend', 'precision', 'threads', 'tokenizer', 'adapter', 'adapters')

/** The adapter of these with which the model is shown. */
export const adapterFlag = some(textSettings, 'adapter')

/** The arguments and flags of `glassformer inspect`. */
export interface InspectCommandOptions
  extends Flagged<typeof pageFlags>,
    Flagged<typeof modelFlags>,
    Flagged<typeof adapterFlag> {
  model?: string
  compare?: string
  training?: string
  sound?: string
  language?: string
  open?: true
  export?: string
}
