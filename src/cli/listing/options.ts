import type { Part } from '../../inspect/parts.ts'
import { settings, some } from '../../schema/settings.ts'
import { integer } from '../../schema/types.ts'
import { type ModelOptions, reworded, searchFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** Of a decoding step alone. */
export const stepFlags = {
  ...settings({
    length: {
      type: integer(1),
      default: 1,
      otherwise: '1, the first step',
      flag: '--length <n>',
      says: 'part step: how many cached tokens each row looks at, its own included',
    },
  }),
  ...reworded(some(searchFlags, 'beams', 'shortlist'), { where: 'part step: ' }),
}

export const kernelFlags = settings({
  threads: { type: integer(1), default: 1, flag: '--threads <n>', says: 'threads of the kernels' },
})

/** What `glassformer listing` is given. */
export interface ListingCommandOptions extends ModelOptions, Flagged<typeof stepFlags>, Flagged<typeof kernelFlags> {
  part: Part
  text?: string[]
  profile?: true
}
