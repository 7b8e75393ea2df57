/** Returns what is called after each file; `say` hears '12 of 47: gemm' every five seconds, and of the first and the last. */
export function progressLines(
  say: (words: string) => void,
  now?: () => number,
): (progress: { done: number; total: number; file: string }) => void
