/** A file of a bundle. */
export interface BundledFile {
  fileName: string
  code: string
  isEntry: boolean
}

/** The module with calls in place of its imports for later; undefined where it has none. */
export declare function withLaterImports(code: string, numberOf: (source: string) => number): string | undefined

/** The files of a bundle in CommonJS, with a `require` for each import that is evaluated on first use. */
export declare function withRequires(files: readonly BundledFile[]): BundledFile[]
