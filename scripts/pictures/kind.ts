/** A kind of picture: its files, and the function that makes some of them in a folder. */
export interface Kind {
  files: string[]
  make(files: readonly string[], folder: string): void | Promise<void>
}
