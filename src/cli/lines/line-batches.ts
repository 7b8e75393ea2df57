import { isUtf8 } from 'node:buffer'
import { GlassformerError } from '../../errors.ts'
import { LONGEST_LINE } from '../../limits.ts'
import { CHUNK_SIZE, sizeOf } from '../../translate/chunks.ts'

/** Some texts to be translated by one call. */
export interface Batch {
  texts: string[]
  /** The line end of each text: '\n' or '\r\n'. */
  lineEnds: string[]
  /** The indices of texts whose bytes are not UTF-8, in which � stands for the lost bytes. */
  garbled: number[]
  /** How much work the batch is: its characters, and a little for each text. */
  size: number
  /** How much of all work lies before the end of the last text, in bytes of the input or in characters. */
  end: number
}

export const batchOf = (texts: readonly string[]): Batch => ({
  texts: [...texts],
  lineEnds: texts.map(() => '\n'),
  garbled: [],
  size: texts.reduce((sum, text) => sum + sizeOf(text), 0),
  end: 0,
})

/** All texts at once, in batches; their sizes are what `end` counts. */
export function batchesOf(texts: readonly string[]): Batch[] {
  let end = 0
  const lines = texts.map((text): Line => {
    end += sizeOf(text)
    return { text, lineEnd: '\n', isGarbled: false, end }
  })
  return [...batched(lines)]
}

/**
 * Batches of UTF-8 lines as they arrive: lines that have come are never held back to fill a batch. A line ends with \n or \r\n, the last
 * line also without; a byte order mark is dropped. Lines are cut as bytes, where 0x0A is always a line feed.
 * @throws GlassformerError ERR_FILE where the input cannot be read, ERR_INPUT for a line of more than LONGEST_LINE bytes
 */
export async function* readBatches(chunks: AsyncIterable<Buffer>): AsyncGenerator<Batch, void, undefined> {
  for await (const lines of linesOfEachChunk(chunks)) yield* batched(lines)
}

/** A batch is one chunk, so that batches are done in about the order in which they come; workers merge the sentences in flight anyway. */
function* batched(lines: readonly Line[]): Generator<Batch, void, undefined> {
  let batch = batchOf([])
  for (const { text, lineEnd, isGarbled, end } of lines) {
    const size = sizeOf(text)
    if (batch.texts.length && batch.size + size > CHUNK_SIZE) {
      yield batch
      batch = batchOf([])
    }
    if (isGarbled) batch.garbled.push(batch.texts.length)
    batch.texts.push(text)
    batch.lineEnds.push(lineEnd)
    batch.size += size
    batch.end = end
  }
  if (batch.texts.length) yield batch
}

interface Line {
  text: string
  lineEnd: '\n' | '\r\n'
  /** Whether the bytes of the line are not UTF-8. */
  isGarbled: boolean
  /** How much of all work lies before the end of the line, as in a batch. */
  end: number
}

/** The lines that each chunk completes; the last line of all may have no end. */
async function* linesOfEachChunk(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line[], void, undefined> {
  let pieces: Buffer[] = [] // the beginning of a line whose end has not come
  let held = 0 // bytes of the pieces
  let bytes = 0
  let number = 1 // the number of the line that has begun
  const completed = (): Line => {
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
    const lines: Line[] = []
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
      throw new GlassformerError('ERR_FILE', `standard input cannot be read: ${cause.message}`, { cause })
    })
    if (next.done) return
    yield next.value
  }
}
