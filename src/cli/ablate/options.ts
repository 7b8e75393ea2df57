import type { LookingOptions } from '../flags/looking-flags.ts'

/** The flags of `glassformer ablate`. */
export interface AblateCommandOptions extends LookingOptions {
  with?: string
}
