import { some } from '../../base/schema/settings.ts'
import { autoencoderSettings } from '../../use/latents/index.ts'
import { searchFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** How the autoencoder runs, and how the prior searches. */
export const latentsFlags = { ...autoencoderSettings, ...some(searchFlags, 'beams') }

/** The arguments and flags of `glassformer latents`. */
export interface LatentsCommandOptions extends Flagged<typeof latentsFlags> {
  encode?: string
  prior?: string
  test?: string
  shared?: string
  json?: true
  progress?: boolean
}
