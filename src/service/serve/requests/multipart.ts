import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Busboy } from '@fastify/busboy'
import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import { refused } from './fields.ts'

/** A field of a form. */
type Pair = [name: string, value: string]

/** The most parts of a form, and the most bytes of its file; 0: it may have none. */
interface FormLimits {
  parts: number
  fileBytes: number
}

/** A form with one file at most. */
export interface FileForm {
  fields: Pair[]
  /** The name of its field, the name of the file, and its bytes. */
  file: { name: string; filename: string; bytes: Buffer } | null
}

/** A file that was sent in a form. */
export class UploadedFile {
  /** Its name, without folders. */
  readonly name: string
  readonly bytes: Uint8Array

  constructor(filename: string, bytes: Uint8Array) {
    this.name = filename.replace(/^.*[/\\]/s, '').replace(/\p{Cc}/gu, '') || 'document'
    this.bytes = bytes
  }
}

/**
 * The fields and the file of a complete multipart/form-data body.
 * @throws GlassformerError ERR_INPUT for a second file and for invalid forms, ERR_INPUT_TOO_LONG beyond the limits
 */
export async function fileFormOf(body: Buffer, type: string, { parts, fileBytes }: FormLimits): Promise<FileForm> {
  const form: FileForm = { fields: [], file: null }
  try {
    const limits = {
      files: fileBytes ? 1 : 0,
      parts,
      fieldSize: body.length,
      ...(fileBytes && { fileSize: fileBytes }),
    }
    const parser = new Busboy({ headers: { 'content-type': type }, limits })
    parser.on('field', (name: string | undefined, value) => {
      if (name === undefined) parser.destroy(refused('The form has a part without a name.'))
      else form.fields.push([name, value])
    })
    parser.on('file', (name: string | undefined, stream, filename: string | undefined) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('limit', () => parser.destroy(tooLong(`A file may have ${whole(fileBytes)} bytes.`)))
      stream.on('end', () => {
        form.file = { name: name ?? '', filename: filename ?? '', bytes: Buffer.concat(chunks) }
      })
    })
    const allowed = fileBytes ? 'more than one file' : 'a file: only fields are taken'
    parser.on('filesLimit', () => parser.destroy(refused(`The form has ${allowed}.`)))
    parser.on('partsLimit', () => parser.destroy(tooLong(`A form may have ${whole(parts)} fields.`)))
    await pipeline(Readable.from(slicesOf(body)), parser)
    return form
  } catch (error) {
    throw error instanceof GlassformerError ? error : refused(`The form cannot be read: ${(error as Error).message}`)
  }
}

const tooLong = (message: string) => new GlassformerError('ERR_INPUT_TOO_LONG', message)

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
