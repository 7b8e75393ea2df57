import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { GlassformerError } from '../../base/errors.ts'
import { Encoder } from '../../use/encode/encoder.ts'
import { playFlags, workerFlags } from '../flags/options.ts'
import { givenBy } from '../flags/schema-flags.ts'
import type { EmbedCommandOptions, forms } from './options.ts'
import { openVectors } from './vector-file.ts'

/** `glassformer embed`: a vector for each line. */
export async function embedTexts(file: string | undefined, options: EmbedCommandOptions): Promise<void> {
  const { model, output, prompt, dimensions, normalize, resume = false } = options
  const encoder = await Encoder.load(model, givenBy({ ...playFlags, ...workerFlags }, options))
  try {
    const sink = openVectors(output, options.form ?? formOf(output), dimensions ?? encoder.dimensions, resume)
    const texts = after(sink.done, textsOf(file, options.field ?? 'text'))
    const settings = {
      ...(prompt !== undefined && { prompt }),
      ...(dimensions !== undefined && { dimensions }),
      ...(normalize && { normalize }),
    }
    let count = sink.done
    try {
      for await (const vector of encoder.embedEach(texts, settings)) {
        sink.write(vector)
        if (++count % PROGRESS === 0 && options.progress) process.stderr.write(`\r${count} texts`)
      }
    } finally {
      sink.close()
    }
    if (options.progress) process.stderr.write(`\r${count} texts\n`)
  } finally {
    await encoder.close()
  }
}

const PROGRESS = 256

/** The form that the name of an output means. */
const formOf = (output: string | undefined): (typeof forms)[number] =>
  output?.endsWith('.npy') ? 'npy' : output?.endsWith('.f32') ? 'f32' : 'jsonl'

/** The texts after those that are done already. */
async function* after(done: number, texts: AsyncIterable<string>): AsyncGenerator<string> {
  let at = 0
  for await (const text of texts) if (at++ >= done) yield text
}

/** The lines of a file or of standard input, or a field of each. @throws GlassformerError ERR_FILE, ERR_INPUT */
async function* textsOf(file: string | undefined, field: string): AsyncGenerator<string> {
  const input = file === undefined ? process.stdin : createReadStream(file)
  const isJson = file?.endsWith('.jsonl') ?? false
  let number = 0
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++
      yield isJson ? fieldOf(line, field, number) : line
    }
  } catch (cause) {
    if (cause instanceof GlassformerError) throw cause
    throw new GlassformerError('ERR_FILE', `cannot read ${file}: ${(cause as Error).message}`, { cause })
  }
}

function fieldOf(line: string, field: string, number: number): string {
  let value: unknown
  try {
    value = JSON.parse(line)?.[field]
  } catch (cause) {
    throw new GlassformerError('ERR_INPUT', `line ${number} is no JSON`, { cause })
  }
  if (typeof value === 'string') return value
  throw new GlassformerError('ERR_INPUT', `line ${number} has no text in its field ${field}: name another by --field`)
}
