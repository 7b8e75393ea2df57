import type { SingleBar } from 'cli-progress'

/** The separator between the parts of a line. */
export const BETWEEN = ' · '

/**
 * The last line of standard error, redrawn as work proceeds; where standard error is not a terminal, a new line every
 * two seconds. The line is removed at the end, however the process ends, so that the next output, such as a shell's
 * prompt, begins at the left.
 */
export class RedrawnLine {
  readonly #bar: SingleBar
  readonly #clear = () => this.clear()

  private constructor(bar: SingleBar) {
    this.#bar = bar
  }

  /** The terminal library is loaded only for commands that draw a line. */
  static async open(): Promise<RedrawnLine> {
    const { default: cliProgress } = await import('cli-progress')
    const bar = new cliProgress.SingleBar({
      format: (_, { maxWidth }, { parts }) => fitted(parts(), maxWidth - 1),
      clearOnComplete: true,
      hideCursor: true,
      gracefulExit: false, // the `exit` handler restores the terminal in every case
      noTTYOutput: true,
    })
    return new RedrawnLine(bar)
  }

  /**
   * Draws as many parts as fit, the most important first. `parts` is called at each redraw, ten times a second.
   */
  draw(parts: () => readonly string[]): void {
    if (this.#bar.isActive) return this.#bar.update({ parts })
    this.#bar.start(1, 0, { parts })
    process.once('exit', this.#clear)
  }

  /** Prints a line of text above the redrawn line. */
  say(text: string): void {
    this.clear()
    process.stderr.write(`${text}\n`)
  }

  clear(): void {
    this.#bar.stop()
    process.removeListener('exit', this.#clear)
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
