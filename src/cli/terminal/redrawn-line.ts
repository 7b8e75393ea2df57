import type { SingleBar } from 'cli-progress'

/** What parts of a line stand apart by. */
export const BETWEEN = ' · '

/**
 * The last line of standard error, drawn anew as work goes on (where that is no terminal, a line every two seconds). It is taken away in
 * the end, whichever way the process ends: what comes next, a shell's prompt too, begins at the left.
 */
export class RedrawnLine {
  readonly #bar: SingleBar
  readonly #clear = () => this.clear()

  private constructor(bar: SingleBar) {
    this.#bar = bar
  }

  /** The library is read when a line may be drawn, not by every command. */
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

  /** As many of the parts as have room, the most important first. They are asked for when the line is drawn, ten times a second. */
  draw(parts: () => readonly string[]): void {
    if (this.#bar.isActive) return this.#bar.update({ parts })
    this.#bar.start(1, 0, { parts })
    process.once('exit', this.#clear)
  }

  /** A line of text that stays, above what is drawn. */
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
