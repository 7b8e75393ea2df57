import type { FastifyInstance, FastifyRequest } from 'fastify'
import { partsOf } from './multipart.ts'
import type { Service } from './service.ts'

/** The fields of a form: one that stands several times is a list, another one a text. */
type Form = Record<string, string | string[]>

const URL_ENCODED = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data'

/** The most fields of a form besides texts. */
const OTHER_FIELDS = 100

/** Forms, in both types in which pages and clients send them. */
export function addForms(app: FastifyInstance, { settings }: Service): void {
  app.addContentTypeParser(URL_ENCODED, { parseAs: 'string' }, async (_: FastifyRequest, body: string) =>
    formOf(new URLSearchParams(body)),
  )
  app.addContentTypeParser(MULTIPART, { parseAs: 'buffer' }, async ({ headers }: FastifyRequest, body: Buffer) =>
    formOf(await partsOf(body, headers['content-type']!, settings.texts + OTHER_FIELDS)),
  )
}

/** What JSON and forms have in common, as OpenAPI says it. */
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
