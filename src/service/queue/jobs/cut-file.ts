import { closeSync } from 'node:fs'
import { inputLines } from '../../../formats/disk/input-lines.ts'
import { openFile } from '../../../formats/disk/read-file.ts'
import { chunksOf } from '../../../formats/disk/read-input.ts'
import { type IdentifiedJob, identified, type QueuedModel } from './job.ts'
import type { ResolvedEnqueue } from './options.ts'

/** A job of consecutive lines of a file. */
export interface LinesJob extends IdentifiedJob {
  /** The end of each line: '\n' or '\r\n'. */
  lineEnds: readonly string[]
  /** The indices of lines whose bytes are not UTF-8; such lines are not translated. */
  garbled: readonly number[]
  /** The offset of the last line's end in the file. */
  end: number
}

/** The maximum characters in a job of several lines: further lines go into the next job. */
const MOST_CHARACTERS = 1 << 20

/**
 * Splits a file of UTF-8 lines into jobs. The whole file is never in memory.
 * @throws GlassformerError ERR_FILE; ERR_INPUT for a line that is too long
 */
export async function* cutFile(
  path: string,
  model: QueuedModel,
  { lines: most, translation }: ResolvedEnqueue,
): AsyncGenerator<LinesJob, void, undefined> {
  const { descriptor } = openFile(path)
  let first = 1
  let texts: string[] = []
  let lineEnds: string[] = []
  let garbled: number[] = []
  let characters = 0
  const cut = (end: number): LinesJob => {
    const job = { ...identified(model, first, texts, translation), lineEnds, garbled, end }
    first += texts.length
    texts = []
    lineEnds = []
    garbled = []
    characters = 0
    return job
  }
  let last = 0
  try {
    for await (const lines of inputLines(chunksOf(descriptor, path)))
      for (const { text, lineEnd, isGarbled, end } of lines) {
        if (texts.length && characters + text.length > MOST_CHARACTERS) yield cut(last)
        characters += text.length
        if (isGarbled) garbled.push(texts.length)
        texts.push(isGarbled ? '' : text)
        lineEnds.push(lineEnd)
        last = end
        if (texts.length === most) yield cut(end)
      }
    if (texts.length) yield cut(last)
  } finally {
    closeSync(descriptor)
  }
}
