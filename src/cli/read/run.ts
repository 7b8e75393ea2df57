import { buffer } from 'node:stream/consumers'
import { GlassformerError } from '../../base/errors.ts'
import { inOneLine } from '../../formats/disk/input-lines.ts'
import { loadSharp } from '../../image/open-image.ts'
import type { ReadOptions } from '../../use/read/options.ts'
import { Reader, type Reading } from '../../use/read/reader.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { givenBy } from '../flags/schema-flags.ts'
import { inOrder } from '../lines/in-order.ts'
import { lineOf } from '../terminal/failure.ts'
import { openProgress } from '../terminal/progress.ts'
import { loadFlags, type ReadCommandOptions, readFlags } from './options.ts'
import { picturesOf } from './pictures.ts'

/** Pictures under way for each worker, as many as it has in its batch and some that are decoded meanwhile. */
const AHEAD = 10

/** `glassformer read`: a line, or a JSON object, for each picture. */
export async function readImages(inputs: readonly string[], command: ReadCommandOptions): Promise<void> {
  const pictures = picturesOf(inputs)
  const options = givenBy(readFlags, command) as ReadOptions
  await loadSharp()
  const loading = givenBy(loadFlags, command)
  const reader = await Reader.load(command.model, loading)
  const asked = command.progress ?? (process.stderr.isTTY && !process.stdout.isTTY)
  const progress = await openProgress(asked, pictures.length, 'picture')
  let done = 0
  const work = async (path: string): Promise<Reading | GlassformerError> => {
    try {
      return await reader.read(path === '-' ? await buffer(process.stdin) : path, options)
    } catch (error) {
      const isOfPicture = error instanceof GlassformerError && ofPictures.includes(error.code)
      if (!isOfPicture) throw error
      return error
    }
  }
  const deliver = async (path: string, found: Reading | GlassformerError) => {
    if (found instanceof GlassformerError) {
      process.exitCode = 1
      progress.say(lineOf(found, found.message.startsWith(path) ? '' : `${path}: `))
    }
    progress.reached(++done, done)
    const line = command.json ? JSON.stringify(objectOf(path, found)) : textOf(found, pictures.length > 1)
    if (!process.stdout.write(`${line}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }
  try {
    const most = AHEAD * resolveLoadOptions(loading).workers
    await inOrder({ batches: pictures, size: () => 1, most, work, deliver })
  } finally {
    progress.end()
    await reader.close()
  }
}

/** Faults of one picture, after which others may still be read. */
const ofPictures: readonly string[] = ['ERR_FILE', 'ERR_INPUT', 'ERR_IMAGE_FORMAT']

const textOf = (found: Reading | GlassformerError, isLine: boolean): string => {
  if (found instanceof GlassformerError) return ''
  const texts = (found.alternatives ?? [found]).map(({ text, tokens, ids }) => (tokens.length ? text : ids.join(' ')))
  return texts.map((text) => (isLine || found.alternatives ? inOneLine(text) : text)).join('\n')
}

function objectOf(image: string, found: Reading | GlassformerError): object {
  if (found instanceof GlassformerError) return { image, error: { code: found.code, message: found.message } }
  const { text, score, ids, tokenScores, finishReason, alternatives } = found
  return {
    image,
    ...{ text, score, ids, tokenScores, finishReason },
    ...(alternatives && { alternatives: alternatives.map(({ tokens: _, ...each }) => each) }),
  }
}
