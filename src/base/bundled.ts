/** Defined by scripts/compile.mjs for dist/bundle/. */
declare const GLASSFORMER_IS_BUNDLED: true

/** Whether this code is in dist/bundle/, where the files of threads are CommonJS. */
export const isBundled = typeof GLASSFORMER_IS_BUNDLED !== 'undefined'
