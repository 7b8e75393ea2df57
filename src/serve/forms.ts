import type { FastifyInstance } from 'fastify'

/** Forms: a field that stands several times is a list, another one a text. */
export function addForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    const fields: Record<string, string | string[]> = Object.create(null)
    for (const [name, value] of new URLSearchParams(body as string)) {
      const before = fields[name]
      if (Array.isArray(before)) before.push(value)
      else fields[name] = before === undefined ? value : [before, value]
    }
    done(null, fields)
  })
}
