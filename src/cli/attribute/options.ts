import type { LookingOptions } from '../flags/looking-flags.ts'

/** The arguments and flags of `glassformer attribute`. */
export interface AttributeCommandOptions extends LookingOptions {
  by?: string[]
  step?: string[]
  token?: string
  contrast?: string
  keys?: true
  points?: string
  top?: string
}
