/** The progress of a build of many files, in lines for a log: at most one per interval, and the first and the last. */
const PAUSE = 5000

/**
 * Returns the function to call after each file; `say` receives '12 of 47: gemm'.
 * @param {(words: string) => void} say
 * @returns {(progress: { done: number, total: number, file: string }) => void}
 */
export function progressLines(say, now = Date.now) {
  let last = Number.NEGATIVE_INFINITY
  return ({ done, total, file }) => {
    if (done < total && now() - last < PAUSE) return
    last = now()
    say(`${done} of ${total}: ${file}`)
  }
}
