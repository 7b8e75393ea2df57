/** The arguments and flags of `glassformer pull`. */
export interface PullCommandOptions {
  revision?: string
  cache?: string
  json?: true
}
