import { isUtf8 } from 'node:buffer'
import { GlassformerError } from '../../base/errors.ts'
import { LONGEST_LINE } from '../../base/limits.ts'

/** A line of an input that is translated line by line. */
export interface InputLine {
  text: string
  lineEnd: '\n' | '\r\n'
  /** Whether the bytes of the line are not UTF-8. */
  isGarbled: boolean
  /**
   * The bytes of the input up to the end of the line; for texts from another source, the amount of work up to there.
   */
  end: number
}

/**
 * The lines of UTF-8 that each chunk completes. A line ends with \n or \r\n, the last line also without; a byte order mark is dropped. Lines
 * are cut as bytes, where 0x0A is always a line feed.
 * @throws GlassformerError ERR_FILE where the input cannot be read, ERR_INPUT for a line of more than LONGEST_LINE bytes
 */
export async function* inputLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<InputLine[], void, undefined> {
  let pieces: Buffer[] = [] // the beginning of an incomplete line
  let held = 0 // bytes of the pieces
  let bytes = 0
  let number = 1 // the number of the current line
  const completed = (): InputLine => {
    const line = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
    const lineEnd = line.at(-1) === CARRIAGE_RETURN ? '\r\n' : '\n'
    const text = textOf(line.subarray(0, line.length + 1 - lineEnd.length), bytes === 0)
    pieces = []
    bytes += line.length + 1
    if (line.length > LONGEST_LINE) throw tooLong(number)
    number++
    return { text, lineEnd, isGarbled: !isUtf8(line), end: bytes }
  }
  for await (const chunk of readable(chunks)) {
    const lines: InputLine[] = []
    let start = 0
    for (let feed = chunk.indexOf(LINE_FEED); feed >= 0; feed = chunk.indexOf(LINE_FEED, start)) {
      pieces.push(chunk.subarray(start, feed))
      lines.push(completed())
      start = feed + 1
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start))
    held = start === 0 ? held + chunk.length : chunk.length - start
    if (lines.length) yield lines
    if (held > LONGEST_LINE) throw tooLong(number)
  }
  if (pieces.length) yield [completed()]
}

const tooLong = (line: number) =>
  new GlassformerError('ERR_INPUT', `line ${line}: it has more than ${LONGEST_LINE} bytes; is this a text?`)

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

function textOf(line: Buffer, isFirst: boolean): string {
  const text = line.toString('utf8')
  return isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text
}

async function* readable(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const iterator = chunks[Symbol.asyncIterator]()
  for (;;) {
    const next = await iterator.next().catch((cause: Error) => {
      if (cause instanceof GlassformerError) throw cause
      throw new GlassformerError('ERR_FILE', `standard input cannot be read: ${cause.message}`, { cause })
    })
    if (next.done) return
    yield next.value
  }
}

/** Appended to the error about a line whose bytes are not UTF-8. */
export const notUtf8 = new GlassformerError('ERR_INPUT', 'it is not UTF-8; convert the input to UTF-8')

/**
 * A text in one line, so that output line n belongs to input line n. A line feed in the model's output must not end the
 * line.
 */
export const inOneLine = (text: string): string => text.replace(/(\r?\n)+/g, ' ')
