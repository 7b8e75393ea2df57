import { counted } from '../../base/values/number-text.ts'
import type { FileProgress } from '../../service/queue/file-progress.ts'
import { bar, duration, isKnown } from '../terminal/progress.ts'
import { RedrawnLine } from '../terminal/redrawn-line.ts'

/** A line of standard error that shows the progress of a file. */
export class FileProgressLine {
  readonly #line: RedrawnLine

  private constructor(line: RedrawnLine) {
    this.#line = line
  }

  static async open(): Promise<FileProgressLine> {
    return new FileProgressLine(await RedrawnLine.open())
  }

  draw({ lines, resumed, part, linesPerSecond, secondsLeft }: FileProgress): void {
    const seconds = (lines - resumed) / linesPerSecond
    this.#line.draw(() => [
      `${bar(part)} ${Math.floor(100 * part)} %`,
      ...(isKnown(seconds, part) ? [`${duration(secondsLeft)} left`] : []),
      counted(lines, 'line'),
      `${counted(linesPerSecond, 'line')}/s`,
    ])
  }

  /** Prints a line of text that is not redrawn. */
  say(text: string): void {
    this.#line.say(text)
  }

  end(): void {
    this.#line.clear()
  }
}
