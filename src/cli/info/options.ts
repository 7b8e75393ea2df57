import type { Threads } from '../../translate/threads.ts'
import type { ModelOptions } from '../flags/options.ts'

/** What `glassformer info` is given. */
export interface InfoCommandOptions extends ModelOptions {
  json?: true
  threads?: Threads
}
