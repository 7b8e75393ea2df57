/**
 * Returns the function to call after each file; `say` receives '12 of 47: gemm' at most every five seconds, and for the
 * first and the last file.
 */
export function progressLines(
  say: (words: string) => void,
  now?: () => number,
): (progress: { done: number; total: number; file: string }) => void
