import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Busboy } from '@fastify/busboy'
import { GlassformerError } from '../../base/errors.ts'
import { whole } from '../../base/number-text.ts'
import { refused } from './fields.ts'

/**
 * The fields of a complete multipart/form-data body, in order. Files are refused.
 * @throws GlassformerError ERR_INPUT for files and for invalid forms, ERR_INPUT_TOO_LONG for more than `most` parts
 */
export async function partsOf(body: Buffer, type: string, most: number): Promise<[name: string, value: string][]> {
  const pairs: [string, string][] = []
  try {
    const limits = { files: 0, parts: most, fieldSize: body.length }
    const parser = new Busboy({ headers: { 'content-type': type }, limits })
    parser.on('field', (name: string | undefined, value) => {
      if (name === undefined) parser.destroy(refused('The form has a part without a name.'))
      else pairs.push([name, value])
    })
    parser.on('filesLimit', () => parser.destroy(refused('The form has a file: only fields are taken.')))
    parser.on('partsLimit', () =>
      parser.destroy(new GlassformerError('ERR_INPUT_TOO_LONG', `A form may have ${whole(most)} fields.`)),
    )
    await pipeline(Readable.from(slicesOf(body)), parser)
    return pairs
  } catch (error) {
    throw error instanceof GlassformerError ? error : refused(`The form cannot be read: ${(error as Error).message}`)
  }
}

/**
 * The number of bytes parsed at once. Between such blocks other requests run, and parsing ends where a form is refused.
 */
const SLICE = 1 << 14

async function* slicesOf(body: Buffer): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < body.length; at += SLICE) {
    yield body.subarray(at, at + SLICE)
    await nextTurn()
  }
}
