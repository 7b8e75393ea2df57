/** How far a build of many files is, in lines that a log can hold: one at most for so many milliseconds, and the first and the last. */
const PAUSE = 5000

/** Returns what is called after each file; `say` hears '12 of 47: gemm'. */
export function progressLines(say, now = Date.now) {
  let last = Number.NEGATIVE_INFINITY
  return ({ done, total, file }) => {
    if (done < total && now() - last < PAUSE) return
    last = now()
    say(`${done} of ${total}: ${file}`)
  }
}
