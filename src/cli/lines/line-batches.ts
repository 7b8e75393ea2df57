import { type InputLine, inputLines } from '../../formats/disk/input-lines.ts'
import { CHUNK_SIZE, sizeOf } from '../../workers/index.ts'

/** Texts that one call translates. */
export interface Batch {
  texts: string[]
  /** The line end of each text: '\n' or '\r\n'. */
  lineEnds: string[]
  /** The indices of texts whose bytes are not UTF-8, in which � stands for the lost bytes. */
  garbled: number[]
  /** The amount of work in the batch: its characters, and a constant for each text. */
  size: number
  /** The share of all work up to the end of the last text, in bytes of the input or in characters. */
  end: number
}

export const batchOf = (texts: readonly string[]): Batch => ({
  texts: [...texts],
  lineEnds: texts.map(() => '\n'),
  garbled: [],
  size: texts.reduce((sum, text) => sum + sizeOf(text), 0),
  end: 0,
})

/** All texts at once, in batches; `end` counts their sizes. */
export function batchesOf(texts: readonly string[]): Batch[] {
  let end = 0
  const lines = texts.map((text): InputLine => {
    end += sizeOf(text)
    return { text, lineEnd: '\n', isGarbled: false, end }
  })
  return [...batched(lines)]
}

/** The size of the first batch; each further one may be twice as large. */
const FIRST_BATCH = 150

/**
 * Batches of UTF-8 lines as they arrive; the first batches are small, so that their translations come early. Complete
 * lines are never held back to fill a batch. A line ends with \n or \r\n, the last line also without; a byte order mark
 * is dropped. Lines are cut as bytes, where 0x0A is always a line feed.
 * @throws GlassformerError ERR_FILE where the input cannot be read, ERR_INPUT for a line of more than LONGEST_LINE bytes
 */
export async function* readBatches(chunks: AsyncIterable<Buffer>): AsyncGenerator<Batch, void, undefined> {
  let largest = FIRST_BATCH
  for await (const lines of inputLines(chunks))
    for (const batch of batched(lines, () => largest)) {
      largest = Math.min(CHUNK_SIZE, 2 * largest)
      yield batch
    }
}

/**
 * A batch is one chunk, so that batches finish roughly in their order; workers merge the sentences in flight anyway.
 */
function* batched(lines: readonly InputLine[], largest = () => CHUNK_SIZE): Generator<Batch, void, undefined> {
  let batch = batchOf([])
  for (const { text, lineEnd, isGarbled, end } of lines) {
    const size = sizeOf(text)
    if (batch.texts.length && batch.size + size > largest()) {
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
