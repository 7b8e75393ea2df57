import type { SingleBar } from 'cli-progress'

/** The separator between the parts of a line. */
export const BETWEEN = ' · '

/**
 * The last line of standard error, drawn anew as work goes on (where that is no terminal, a line every two seconds). The line is removed at
 * the end, however the process ends, so that the next output, a shell's prompt too, begins at the left.
 */
export class RedrawnLine {
  readonly #bar: SingleBar
  readonly #clear = () => this.clear()

  private constructor(bar: SingleBar) {
    this.#bar = bar
  }

  /** The library is loaded when a line may be drawn, and not by every command. */
  static async open(): Promise<RedrawnLine> {
    const { default: cliProgress } = await import('cli-progress')
    const bar = new cliProgress.SingleBar({
      format: (_, { maxWidth }, { parts }) => fitted(parts(), maxWidth - 1),
      clearOnComplete: true,
      hideCursor: true,
      gracefulExit: false, // the `exit` handler serves every way out
      noTTYOutput: true,
    })
    return new RedrawnLine(bar)
  }

  /** Draws as many parts as have room, the most important first. `parts` is called when the line is drawn, ten times a second. */
  draw(parts: () => readonly string[]): void {
    if (this.#bar.isActive) return this.#bar.update({ parts })
    this.#bar.start(1, 0, { parts })
    process.once('exit', this.#clear)
  }

  /** Prints a line of text that stays, above the redrawn line. */
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
