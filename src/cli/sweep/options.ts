import type { LookingOptions } from '../flags/looking-flags.ts'

/** The arguments and flags of `glassformer sweep`. */
export interface SweepCommandOptions extends LookingOptions {
  with?: string
  over?: string
  tensors?: string[]
  align?: string
  measure?: string
  step?: string
  answer?: string
  contrast?: string
}
