import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { callerOf } from '../access/authorize.ts'
import { fileIn, uploading } from '../calls/forms.ts'
import { formatOfUpload, translationJob } from '../calls/translation-job.ts'
import { type KeptDocument, sendDocument } from '../documents/documents.ts'
import type { Chosen } from '../models/choose-model.ts'
import type { Fields } from '../requests/fields.ts'
import { onRequestEnd } from '../running/request-end.ts'
import type { Service } from '../service/service.ts'
import { downloadSchema, translateFileSchema } from './schemas.ts'
import { textOr } from './translate-request.ts'

/** Functions that routes of files share with those of texts. */
export interface FileCalls {
  /** The fields of a request with a right key. @throws GlassformerError ERR_KEY */
  authorized(request: FastifyRequest, reply: FastifyReply): Fields
  known(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** The models for the languages of a request; `beginning` shows its language. @throws GlassformerError ERR_INPUT */
  routeOf(asked: { source: string; target: string }, beginning: string): Chosen[]
}

/** LibreTranslate's files: a request waits for the translation, which has an address of its own for one download. */
export function fileRoutes(app: FastifyInstance, service: Service, { authorized, known, routeOf }: FileCalls): void {
  const { documents } = service
  /** Documents that wait for their download, by their keys. */
  const waiting = new Map<string, KeptDocument>()

  const posting = { schema: translateFileSchema, onRequest: known, ...uploading(service) }
  app.post('/translate_file', posting, async (request, reply) => {
    const fields = authorized(request, reply)
    const file = fileIn(fields)
    const asked = { source: textOr(fields, 'source'), target: textOr(fields, 'target') }
    const format = formatOfUpload(file, service.settings.document << 20)
    const route = (beginning: string) => routeOf(asked, beginning)
    if (asked.source !== 'auto') route('')
    const caller = callerOf(request)
    const options = service.within({}, caller.key)
    const job = translationJob(service, { ...caller, file, format, options, route })
    // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
    const [, stem, extension] = /^(.*?)((?:\.[^.]*)?)$/s.exec(file.name)!
    const document = documents.add(caller.client, `${stem}_${asked.target}${extension}`, file.bytes.length, job)
    const leave = onRequestEnd(request, reply, () => documents.remove(document.id))
    await documents.settled(document.id)
    leave()
    if (document.error) {
      documents.remove(document.id)
      throw document.error
    }
    const name = `${document.key.toLowerCase()}.${encodeURIComponent(document.name)}`
    for (const [key, { id }] of waiting) if (!documents.has(id)) waiting.delete(key)
    waiting.set(document.key.toLowerCase(), document)
    return { translatedFileUrl: `${request.protocol}://${request.host}/download_file/${name}` }
  })

  // The name cannot be guessed, and clients send no key with it.
  app.get('/download_file/:name', { schema: downloadSchema }, async (request, reply) => {
    const { name } = request.params as { name: string }
    const [key] = name.split('.', 1)
    const document = waiting.get(key)
    waiting.delete(key)
    if (!document || !documents.has(document.id))
      throw new GlassformerError('ERR_NOT_FOUND', 'there is no such file: it is downloaded once, and kept for an hour')
    return sendDocument(reply, document, documents.take(document))
  })
}
