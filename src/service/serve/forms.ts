import type { FastifyInstance, FastifyRequest } from 'fastify'
import { partsOf } from './multipart.ts'
import type { Service } from './service.ts'

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
  app.addContentTypeParser(MULTIPART, { parseAs: 'buffer' }, async ({ headers }: FastifyRequest, body: Buffer) =>
    formOf(await partsOf(body, headers['content-type']!, settings.texts + OTHER_FIELDS)),
  )
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
