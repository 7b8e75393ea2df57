/** Defined by scripts/compile.mjs for dist/bundle/: the version of the package. */
declare const GLASSFORMER_BUNDLED: string

/** The version of the package with this code, if the code is in dist/bundle/, where the files of threads are CommonJS; else undefined. */
export const bundledVersion = typeof GLASSFORMER_BUNDLED === 'undefined' ? undefined : GLASSFORMER_BUNDLED
