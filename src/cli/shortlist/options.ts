import type { CorpusOptions } from '../flags/corpus-options.ts'
import type { TestOptions } from '../flags/test-options.ts'

/** What `glassformer shortlist` is given. */
export interface ShortlistCommandOptions extends CorpusOptions, TestOptions {
  perToken: number
  frequent: number
  iterations: number
  json?: true
  /** Undefined: where standard error is a terminal. */
  progress?: boolean
}
