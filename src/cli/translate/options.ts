import type { Split } from '../../translate/options.ts'
import type { Threads } from '../../translate/threads.ts'
import type { ModelOptions } from '../flags/options.ts'

/** What `glassformer translate` is given. */
export interface TranslateCommandOptions extends ModelOptions {
  beams?: number
  shortlist?: true
  alternatives?: number
  lengthPenalty?: number
  maxTokens?: number
  split?: Split
  ids?: true
  json?: true
  /** Undefined: where it garbles nothing. */
  progress?: boolean
  threads?: Threads
  workers?: number
  batchTokens?: number
}
