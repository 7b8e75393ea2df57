import { some } from '../../base/schema/settings.ts'
import { inspectSettings, partSettings } from '../../look/inspect/options.ts'
import { type ModelOptions, reworded, searchFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

export const partFlag = reworded(some(partSettings, 'part'), { otherwise: 'encoder; step for a decoder alone' })

/** Flags that only a decoding step has. */
export const stepFlags = {
  ...some(partSettings, 'length'),
  ...reworded(some(searchFlags, 'beams', 'shortlist'), { where: 'part step: ' }),
}

export const kernelFlags = some(inspectSettings, 'threads')

/** The arguments and flags of `glassformer listing`. */
export interface ListingCommandOptions
  extends ModelOptions,
    Flagged<typeof partFlag>,
    Flagged<typeof stepFlags>,
    Flagged<typeof kernelFlags> {
  text?: string[]
  profile?: true
  json?: true
}
