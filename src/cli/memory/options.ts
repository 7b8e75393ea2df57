/** The flags of `glassformer memory`. */
export interface MemoryCommandOptions {
  import?: string
  export?: string
  /** A text and its translation. */
  add?: string[]
  find?: string
  from?: string
  to?: string
}
