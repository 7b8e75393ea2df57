import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { type Fields, refused } from '../requests/fields.ts'
import { type FileForm, fileFormOf } from '../requests/multipart.ts'

/** Bytes of a file of sound at most, as at OpenAI. */
export const LARGEST_SOUND = 25 << 20
/** Bytes of the other fields and of the borders between parts. */
const OTHER_BYTES = 1 << 18
const MOST_FIELDS = 100

/** The body limit of a route that takes a file of sound. */
export const AUDIO_BODY = LARGEST_SOUND + OTHER_BYTES

/** A parser of forms with a file. */
export function addAudioForms(app: FastifyInstance): void {
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, ({ headers }: FastifyRequest, body: Buffer) =>
    fileFormOf(body, headers['content-type']!, { parts: MOST_FIELDS, fileBytes: LARGEST_SOUND }),
  )
}

/** The sound and the fields of a form; a field that is repeated, or whose name ends in [], is a list. */
export interface AudioForm {
  sound: Uint8Array
  fields: Fields
}

/** @throws GlassformerError ERR_INPUT for a body that is no form, or has no file */
export function audioFormOf(body: unknown): AudioForm {
  const form = body as FileForm | undefined
  if (!form || !Array.isArray(form.fields))
    throw refused('The body must be a form, as multipart/form-data, with the sound in its field file.')
  if (form.file?.name !== 'file') throw refused('The form has no file in its field file.')
  if (!form.file.bytes.length) throw new GlassformerError('ERR_INPUT', 'The file is empty.')
  const fields: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of form.fields) {
    const isList = name.endsWith('[]')
    const plain = isList ? name.slice(0, -2) : name
    const before = fields[plain]
    fields[plain] = before === undefined ? (isList ? [value] : value) : [...[before].flat(), value]
  }
  return { sound: form.file.bytes, fields }
}
