import type { Part } from '../../inspect/parts.ts'
import type { ModelOptions } from '../flags/options.ts'

/** What `glassformer listing` is given. */
export interface ListingCommandOptions extends ModelOptions {
  part: Part
  text?: string[]
  length?: number
  beams?: number
  shortlist?: true
  threads?: number
  profile?: true
}
