import type { FastifyInstance, FastifyRequest } from 'fastify'
import { present } from '../../../base/present.ts'
import { refused } from '../requests/fields.ts'
import { fileFormOf, UploadedFile } from '../requests/multipart.ts'
import type { Service } from '../service/service.ts'

/** The fields of a form: a repeated field is a list, any other field is a text. */
type Form = Record<string, string | string[]>

const URL_ENCODED = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data'

/** The maximum number of form fields other than texts. */
const OTHER_FIELDS = 100

/** Parsers of forms, in both content types that pages and clients use. */
export function addForms(app: FastifyInstance, { settings }: Service): void {
  app.addContentTypeParser(URL_ENCODED, { parseAs: 'string' }, async (_: FastifyRequest, body: string) =>
    formOf(new URLSearchParams(body)),
  )
  app.addContentTypeParser(MULTIPART, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const { takesFile = false } = request.routeOptions.config as { takesFile?: boolean }
    const type = present(request.headers['content-type'])
    const limits = { parts: settings.texts + OTHER_FIELDS, fileBytes: takesFile ? settings.document * MIB : 0 }
    const { fields, file } = await fileFormOf(body, type, limits)
    if (!file) return formOf(fields)
    if (file.name !== 'file') throw refused("The file must be in the field 'file'.")
    return { ...formOf(fields), file: new UploadedFile(file.filename, file.bytes) }
  })
}

/** The options of a route that takes a document: a form with a file in the field `file`. */
export const uploading = ({ settings }: Service) => ({
  config: { takesFile: true } as object,
  // Beside the file, a form has fields and its own lines.
  bodyLimit: settings.document * MIB + (1 << 16),
})

const MIB = 1 << 20

/** The file of a form. @throws GlassformerError ERR_INPUT where there is none */
export function fileIn({ file }: Readonly<Record<string, unknown>>): UploadedFile {
  if (file instanceof UploadedFile) return file
  throw refused("The form has no file: the field 'file' must have one.")
}

/** The OpenAPI content of a body that may be JSON or a form. */
export const formOrJson = (schema: object) => ({
  content: Object.fromEntries(['application/json', URL_ENCODED, MULTIPART].map((type) => [type, { schema }])),
})

function formOf(pairs: Iterable<[name: string, value: string]>): Form {
  const fields: Form = Object.create(null)
  for (const [name, value] of pairs) {
    const before = fields[name]
    if (Array.isArray(before)) before.push(value)
    else fields[name] = before === undefined ? value : [before, value]
  }
  return fields
}
