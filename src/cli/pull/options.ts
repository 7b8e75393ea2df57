/** What `glassformer pull` is given. */
export interface PullCommandOptions {
  revision?: string
  cache?: string
  json?: true
}
