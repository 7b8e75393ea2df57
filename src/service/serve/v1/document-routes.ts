import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { type DocumentFormat, documentFormats } from '../../../language/markup/document/formats.ts'
import { callerOf, clientOf, keyOf } from '../access/authorize.ts'
import { addForms, fileIn, uploading } from '../calls/forms.ts'
import { formatOfUpload, translationJob } from '../calls/translation-job.ts'
import { type KeptDocument, sendDocument } from '../documents/documents.ts'
import { detectSource } from '../models/detect-source.ts'
import { checkRoute, chooseRoute } from '../models/route.ts'
import { failuresOf } from '../requests/answers.ts'
import { errorSchema, loggedProblem } from '../requests/error-json.ts'
import { type Fields, fieldsOf, flagIn, namesIn, oneIn, textIn } from '../requests/fields.ts'
import type { UploadedFile } from '../requests/multipart.ts'
import { withoutPaths } from '../requests/problem.ts'
import type { Service } from '../service/service.ts'

/** Documents in our own interface: `/v1/documents`. */
export async function documentRoutes(app: FastifyInstance, { service }: { service: Service }): Promise<void> {
  const { documents, models } = service
  addForms(app, service)

  app.post('/v1/documents', { schema: uploadSchema, ...uploading(service) }, async (request, reply) => {
    const fields = fieldsOf(request.body)
    const file = fileIn(fields)
    const format = formatOf(fields, file, service.settings.document << 20)
    const asked = { model: textIn(fields, 'model'), source: textIn(fields, 'source'), target: textIn(fields, 'target') }
    const columns = [...namesIn(fields, 'columns')]
    const direction = oneIn(fields, 'direction', ['auto', 'ltr', 'rtl'])
    const properties = flagIn(fields, 'properties', false)
    const retranslate = flagIn(fields, 'retranslate', false)
    const attributes = flagIn(fields, 'attributes', true)
    const adapter = textIn(fields, 'adapter')
    const options = service.within(
      {
        columns,
        properties,
        attributes,
        retranslate,
        ...(direction && { direction }),
        ...(adapter !== undefined && { adapter }),
      },
      keyOf(request),
    )
    const chosen = (beginning: string) => {
      const { pivot } = service
      if (asked.source !== 'auto') return chooseRoute(models, asked, pivot)
      const list = asked.model === undefined ? models.list : [models.named(asked.model)]
      const found = detectSource(beginning, { models: list, target: asked.target, pivot })
      return chooseRoute(models, { ...asked, source: found?.language }, pivot)
    }
    checkRoute(chosen(''), { format, adapter })
    const caller = callerOf(request)
    const owner = flagIn(fields, 'memory', true) ? caller.owner : null
    const job = translationJob(service, { ...caller, owner, file, format, options, route: chosen })
    const document = documents.add(caller.client, file.name, file.bytes.length, job)
    reply.code(202).header('location', `/v1/documents/${document.id}`)
    return documentJson(document, reply.request.id)
  })

  app.get('/v1/documents/:id', { schema: statusSchema }, async (request) =>
    documentJson(documentOf(request), request.id),
  )

  app.get('/v1/documents/:id/result', { schema: resultSchema }, async (request, reply) => {
    const document = documentOf(request)
    if (document.error) loggedProblem(reply, document.error)
    return sendDocument(reply, document, documents.take(document))
  })

  app.delete('/v1/documents/:id', { schema: removeSchema }, async (request, reply) => {
    documents.remove(documentOf(request).id)
    return reply.code(204).send()
  })

  const documentOf = (request: FastifyRequest) =>
    documents.find((request.params as { id: string }).id, clientOf(request))
}

/** The format that the form says, or the name of the file. @throws GlassformerError ERR_INPUT */
function formatOf(fields: Fields, file: UploadedFile, most: number): DocumentFormat {
  const told = textIn(fields, 'format')
  if (told === undefined) return formatOfUpload(file, most)
  if ((documentFormats as readonly string[]).includes(told)) return told as DocumentFormat
  throw new GlassformerError('ERR_OPTION', `field 'format' must be one of ${documentFormats.join(', ')}`)
}

const documentJson = ({ id, name, status, characters, error }: KeptDocument, requestId: string) => ({
  id,
  name,
  status,
  characters,
  ...(error && { error: { code: error.code, message: withoutPaths(error.message), requestId } }),
})

const string = { type: 'string' }
const failures = failuresOf([400, 401, 404, 408, 413, 414, 415, 429, 431, 456, 500, 503, 504], errorSchema)
const params = { type: 'object', properties: { id: { ...string, description: 'its id' } }, required: ['id'] }
const documentSchema = {
  description: 'The state of the document.',
  type: 'object',
  properties: {
    id: string,
    name: string,
    status: { ...string, enum: ['queued', 'translating', 'done', 'error'] },
    characters: { type: 'integer', description: 'how many of its characters have been translated' },
    ...errorSchema.properties,
  },
  required: ['id', 'name', 'status', 'characters'],
}

const uploadSchema = {
  tags: ['v1'],
  summary: 'Takes a document to be translated',
  description: 'Its name says its format, unless `format` does.',
  body: {
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          properties: {
            file: { ...string, format: 'binary', description: 'the document' },
            model: { ...string, description: 'the name of a model' },
            source: { ...string, description: 'the language of the document; auto: its text says which' },
            target: { ...string, description: 'the language of the translation' },
            format: { ...string, enum: documentFormats, description: 'the format of the document' },
            columns: { ...string, description: 'the columns of a table that are translated, separated by commas' },
            properties: { type: 'boolean', description: 'translates the title, subject, description and keywords too' },
            attributes: { type: 'boolean', description: 'translates `alt`, `title` and the like too (default: true)' },
            adapter: { ...string, description: 'the name of a low-rank adapter of the model' },
            retranslate: { type: 'boolean', description: 'translates texts again that have a translation' },
            memory: { type: 'boolean', description: "asks this key's memory first (default: true)" },
            direction: { ...string, enum: ['auto', 'ltr', 'rtl'], description: 'the direction of the paragraphs' },
          },
          required: ['file'],
        },
      },
    },
  },
  response: { 202: documentSchema, ...failures },
}

const statusSchema = {
  tags: ['v1'],
  summary: 'Says how far the translation of a document is',
  params,
  response: { 200: documentSchema, ...failures },
}

const resultSchema = {
  tags: ['v1'],
  summary: 'The translated document, once: nothing of it is kept',
  params,
  response: {
    200: {
      description: 'The document.',
      content: { 'application/octet-stream': { schema: { ...string, format: 'binary' } } },
    },
    ...failures,
  },
}

const removeSchema = {
  tags: ['v1'],
  summary: 'Deletes a document, and stops its translation',
  params,
  response: { 204: { description: 'It is gone.', type: 'null' }, ...failures },
}
