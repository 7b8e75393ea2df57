import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { formatOfFile } from '../../../language/markup/document/formats.ts'
import type { PreparedGlossary } from '../../../use/translate/sentences/index.ts'
import { callerOf, clientOf } from '../access/authorize.ts'
import { fileIn, formOrJson, uploading } from '../calls/forms.ts'
import { formatOfUpload, translationJob } from '../calls/translation-job.ts'
import { type KeptDocument, sendDocument } from '../documents/documents.ts'
import { detectSource } from '../models/detect-source.ts'
import { fieldsOf, refused, textIn } from '../requests/fields.ts'
import { withoutPaths } from '../requests/problem.ts'
import type { Service } from '../service/service.ts'
import { chooseFor } from './choose.ts'
import { answer, described, failedWork, object, string, tags } from './schemas.ts'
import { type DeeplRequest, readDeeplRequest } from './translate-request.ts'

/** The statuses of documents, as DeepL's clients know them. */
export function documentRoutes(
  app: FastifyInstance,
  service: Service,
  entriesFor: (asked: DeeplRequest, request: FastifyRequest) => PreparedGlossary | undefined,
): void {
  const { documents, models } = service

  app.post('/v2/document', { schema: uploadSchema, ...uploading(service) }, async (request) => {
    const fields = fieldsOf(request.body)
    const file = fileIn(fields)
    const asked = readDeeplRequest({ ...fields, file: undefined, text: [file.name] })
    const { source, target } = asked
    const format = formatOfUpload(file, service.settings.document << 20)
    const wanted = textIn(fields, 'output_format')
    if (wanted && formatOfFile(`x.${wanted}`) !== format)
      throw refused("Value for 'output_format' not supported: a translation has the format of its document.")
    const { pivot } = service
    const route = (beginning: string) => {
      const found = source ?? detectSource(beginning, { models: models.list, target, pivot })?.language
      return chooseFor(models, { source: found ?? '', target, pivot })
    }
    if (source !== undefined) route('')
    const glossary = entriesFor(asked, request)
    const caller = callerOf(request)
    const options = service.within({ ...(glossary && { glossary }) }, caller.key)
    const job = translationJob(service, { ...caller, file, format, options, route })
    const { id, key } = documents.add(caller.client, textIn(fields, 'filename') || file.name, file.bytes.length, job)
    return { document_id: id, document_key: key }
  })

  app.post('/v2/document/:id', { schema: statusSchema }, async (request) => {
    const { id, status, characters, error } = documentOf(request)
    return {
      document_id: id,
      status,
      ...(status === 'translating' && { seconds_remaining: 2 }),
      ...(status === 'done' && { billed_characters: characters }),
      ...(error && { error_message: withoutPaths(error.message) }),
    }
  })

  app.post('/v2/document/:id/result', { schema: resultSchema }, async (request, reply) => {
    const document = documentOf(request)
    return sendDocument(reply, document, documents.take(document))
  })

  app.delete('/v2/document/:id', { schema: removeSchema }, async (request, reply) => {
    documents.remove(documents.find(idOf(request), clientOf(request)).id)
    return reply.code(204).send()
  })

  /** The document of a request that has its key. @throws GlassformerError ERR_NOT_FOUND */
  function documentOf(request: FastifyRequest): KeptDocument {
    const document = documents.find(idOf(request), clientOf(request))
    if (textIn(fieldsOf(request.body), 'document_key')?.toUpperCase() === document.key) return document
    throw new GlassformerError('ERR_NOT_FOUND', 'there is no document with this id and key')
  }
}

const idOf = ({ params }: FastifyRequest) => (params as { id: string }).id
const params = object({ id: described('its id') }, ['id'])
const withKey = formOrJson(
  object({ document_key: described('the key that the upload has answered') }, ['document_key']),
)

const uploadSchema = {
  tags,
  summary: 'Takes a document to be translated, as DeepL does',
  body: {
    content: {
      'multipart/form-data': {
        schema: object(
          {
            file: described('the document', { ...string, format: 'binary' }),
            source_lang: described('its language; left out: its text says which'),
            target_lang: described('the language of the translation'),
            filename: described('the name of the translation'),
            output_format: described('the format of the document, if any'),
            glossary_id: described('a glossary of these languages'),
          },
          ['file', 'target_lang'],
        ),
      },
    },
  },
  response: {
    200: answer(
      'How to ask for it.',
      object({ document_id: string, document_key: string }, ['document_id', 'document_key']),
    ),
    ...failedWork,
  },
}

const statusSchema = {
  tags,
  summary: 'Says how far the translation of a document is',
  params,
  body: withKey,
  response: {
    200: answer(
      'The status.',
      object(
        {
          document_id: string,
          status: { ...string, enum: ['queued', 'translating', 'done', 'error'] },
          seconds_remaining: { type: 'integer' },
          billed_characters: { type: 'integer' },
          error_message: string,
        },
        ['document_id', 'status'],
      ),
    ),
    ...failedWork,
  },
}

const resultSchema = {
  tags,
  summary: 'The translated document, once: nothing of it is kept',
  params,
  body: withKey,
  response: {
    200: {
      description: 'The document.',
      content: { 'application/octet-stream': { schema: { ...string, format: 'binary' } } },
    },
    ...failedWork,
  },
}

const removeSchema = {
  tags,
  summary: 'Deletes a document, and stops its translation',
  params,
  response: { 204: { description: 'It is gone.', type: 'null' }, ...failedWork },
}
