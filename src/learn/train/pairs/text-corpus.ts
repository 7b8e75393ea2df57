import { GlassformerError } from '../../../base/errors.ts'
import { counted } from '../../../base/values/number-text.ts'
import { readLines } from '../../../formats/disk/lines.ts'
import type { Corpus, CorpusReport, Pair } from './pair.ts'

/** How a file is divided into texts: each line is one, or lines up to an empty one are. */
export const textUnits = ['lines', 'documents'] as const
export type TextUnit = (typeof textUnits)[number]

/** Plain texts in a file, for a model that goes on with texts. */
export interface TextSpec {
  format: 'text'
  path: string
  unit?: TextUnit
  /** The part of a text up to its end is given, and not predicted. */
  separator?: string
}

/** Texts as pairs of what is given and what is predicted. Every `for await` reads the file again, in bounded memory but for one text. */
export class TextCorpus implements Corpus {
  readonly #spec: TextSpec
  report: CorpusReport = emptyReport()

  constructor(spec: TextSpec) {
    this.#spec = spec
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Pair, void, undefined> {
    const { path, separator } = this.#spec
    const report = emptyReport()
    this.report = report
    for await (const { text, line } of this.#texts(report)) {
      const at = separator === undefined ? 0 : text.indexOf(separator)
      if (at < 0) {
        report.malformed++
        if (report.firstMalformed.length < REPORTED)
          report.firstMalformed.push({ line, why: `begins a text without ${JSON.stringify(separator)}` })
        continue
      }
      const end = at + (separator?.length ?? 0)
      report.pairs++
      yield { source: text.slice(0, end), target: text.slice(end) }
    }
    if (!report.pairs)
      throw new GlassformerError(
        'ERR_INPUT',
        `${path} has no text in ${counted(report.lines, 'line')}${report.malformed ? ` with the separator ${JSON.stringify(separator)}` : ''}`,
      )
  }

  async *#texts(report: CorpusReport): AsyncGenerator<{ text: string; line: number }, void, undefined> {
    const areLines = (this.#spec.unit ?? 'lines') === 'lines'
    let open: string[] = []
    const closed = () => ({ text: open.join('\n'), line: report.lines - open.length + 1 })
    for await (const lines of readLines(this.#spec.path))
      for (const line of lines) {
        if (line.trim() !== '') open.push(line)
        if (open.length && (areLines || line.trim() === '')) {
          yield closed()
          open = []
        }
        report.lines++
      }
    if (open.length) yield closed()
  }
}

const REPORTED = 10

const emptyReport = (): CorpusReport => ({ lines: 0, pairs: 0, malformed: 0, firstMalformed: [] })
