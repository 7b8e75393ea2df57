import { settings } from '../../base/schema/settings.ts'
import { integer } from '../../base/schema/types.ts'
import type { CorpusOptions } from '../flags/corpus-options.ts'
import type { Flagged } from '../flags/schema-flags.ts'
import type { TestOptions } from '../flags/test-options.ts'

/** The options that choose the target tokens in the table. */
export const shortlistSettings = settings({
  perToken: { type: integer(1), default: 50, flag: '--per-token <n>', says: 'target tokens for each source token' },
  frequent: {
    type: integer(1),
    default: 100,
    flag: '--frequent <n>',
    says: 'the most frequent target tokens, which are always there',
  },
  iterations: { type: integer(1), default: 5, flag: '--iterations <n>', says: 'passes over the pairs' },
})

/** The arguments and flags of `glassformer shortlist`. */
export interface ShortlistCommandOptions extends CorpusOptions, TestOptions, Flagged<typeof shortlistSettings> {
  json?: true
  /** Undefined: progress is shown where standard error is a terminal. */
  progress?: boolean
}
