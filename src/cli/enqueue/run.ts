import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/values/number-text.ts'
import type { FileProgress } from '../../service/queue/file-progress.ts'
import { enqueueFile, translateFile } from '../../service/queue/translate-file.ts'
import { readGlossary } from '../lines/read-glossary.ts'
import { lineOf } from '../terminal/failure.ts'
import { bar, duration, isKnown, isProgressShown } from '../terminal/progress.ts'
import { RedrawnLine } from '../terminal/redrawn-line.ts'
import type { EnqueueCommandOptions } from './options.ts'

/** A line of standard error that shows the progress of a file. */
class FileProgressLine {
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

/** `glassformer enqueue`: adds the lines of a file to a queue and, with `output`, writes their translations. */
export async function enqueueLines(file: string, command: EnqueueCommandOptions): Promise<void> {
  const { output, glossary, progress: asked, from: sourceLanguage, to: targetLanguage, ...given } = command
  const entries = glossary === undefined ? undefined : await readGlossary(glossary)
  const options = { ...given, sourceLanguage, targetLanguage, glossary: entries }
  if (output === undefined) {
    const { jobs, lines } = await enqueueFile(file, options)
    process.stderr.write(`glassformer: ${counted(lines, 'line')} in ${counted(jobs, 'job')}\n`)
    return
  }
  const line = isProgressShown(asked) ? await FileProgressLine.open() : null
  const say = (text: string) => (line ? line.say(text) : process.stderr.write(`${text}\n`))
  try {
    const { failures } = await translateFile(file, output, {
      ...options,
      progress: (progress) => line?.draw(progress),
      failure: (n, { code, message }) => say(lineOf(new GlassformerError(code as never, message), `line ${n}: `)),
      connection: (state, reason) =>
        say(`glassformer: Redis is ${state}${reason === undefined ? '' : ` (${reason}); looking for it`}`),
    })
    if (failures) process.exitCode = 1
  } finally {
    line?.end()
  }
}
