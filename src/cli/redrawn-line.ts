/** Milliseconds between two drawings of what changes all the time. */
const PAUSE = 100

/** What parts of a line stand apart by. */
export const BETWEEN = ' · '

/**
 * The last line of standard error, drawn anew as work goes on. It is taken away in the end, whichever way the process ends: what comes next, a
 * shell's prompt too, begins at the left.
 */
export class RedrawnLine {
  #drawn = 0
  #isDrawn = false
  readonly #clear = () => this.clear()

  /** Whether the last drawing is a while ago. */
  get isDue(): boolean {
    return performance.now() - this.#drawn >= PAUSE
  }

  /** As many of the parts as have room, the most important first. */
  draw(parts: readonly string[]): void {
    process.stderr.write(`\r${fitted(parts, (process.stderr.columns || 80) - 1)}\x1b[K`)
    if (!this.#isDrawn) process.once('exit', this.#clear)
    this.#isDrawn = true
    this.#drawn = performance.now()
  }

  /** A line of text that stays, above what is drawn. */
  say(text: string): void {
    this.clear()
    process.stderr.write(`${text}\n`)
  }

  clear(): void {
    if (!this.#isDrawn) return
    process.stderr.write('\r\x1b[K')
    process.removeListener('exit', this.#clear)
    this.#isDrawn = false
  }
}

function fitted(parts: readonly string[], columns: number): string {
  let line = parts[0]
  for (const part of parts.slice(1)) {
    if (line.length + BETWEEN.length + part.length > columns) break
    line += BETWEEN + part
  }
  return line.slice(0, columns)
}
