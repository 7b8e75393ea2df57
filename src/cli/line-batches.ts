import { GlassformerError } from '../errors.ts'

/** Some texts to be translated by one call. */
export interface Batch {
  texts: string[]
  /** Characters, and a little for each text: how much work it is. */
  size: number
  /** Bytes of the input up to the end of the last text. */
  end: number
}

/** A batch is full at this size: the smaller, the sooner its lines come out; workers merge what is in flight anyway. */
const FULL = 3000

const sizeOf = (text: string) => text.length + 8

export const batchOf = (texts: readonly string[]): Batch => ({
  texts: [...texts],
  size: texts.reduce((sum, text) => sum + sizeOf(text), 0),
  end: 0,
})

/**
 * Lines of UTF-8 as they arrive: what has come is never held back to fill a batch. A line ends with \n or \r\n, the last one
 * also without; a byte order mark is dropped. Lines are cut as bytes, where 0x0A is always a line feed.
 * @throws GlassformerError ERR_FILE where the input cannot be read
 */
export async function* readBatches(chunks: AsyncIterable<Buffer>): AsyncGenerator<Batch, void, undefined> {
  let pieces: Buffer[] = [] // the beginning of a line whose end has not come
  let bytes = 0
  let batch = batchOf([])
  const take = (line: Buffer) => {
    const text = textOf(line, bytes === 0)
    bytes += line.length + 1
    batch.texts.push(text)
    batch.size += sizeOf(text)
    batch.end = bytes
  }
  for await (const chunk of readable(chunks)) {
    let start = 0
    for (let feed = chunk.indexOf(LINE_FEED); feed >= 0; feed = chunk.indexOf(LINE_FEED, start)) {
      pieces.push(chunk.subarray(start, feed))
      take(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))
      pieces = []
      start = feed + 1
      if (batch.size < FULL) continue
      yield batch
      batch = batchOf([])
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start))
    if (batch.texts.length) yield batch
    batch = batchOf([])
  }
  if (!pieces.length) return
  take(Buffer.concat(pieces))
  yield batch
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

function textOf(line: Buffer, isFirst: boolean): string {
  const text = line.toString('utf8', 0, line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length)
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
