import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GlassformerError, shown } from '../../../base/errors.ts'
import type { Encoder } from '../../../use/encode/encoder.ts'
import { authorizing, clientOf } from '../access/authorize.ts'
import { answering } from '../calls/answering.ts'
import type { ServedEncoder } from '../models/served-encoder.ts'
import { sendOpenAiError } from '../openai/error-json.ts'
import type { Service } from '../service/service.ts'
import { encoderSchemas } from './schemas.ts'

type Body = Readonly<Record<string, unknown>>

/** The routes of an encoder: OpenAI's embeddings, Cohere's rerank, and those of Text Embeddings Inference. */
export async function encoderRoutes(
  app: FastifyInstance,
  { service, encoder }: { service: Service; encoder: ServedEncoder },
): Promise<void> {
  app.addHook('onRequest', authorizing(service.keys))

  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    texts: readonly string[],
    work: (encoder: Encoder, options: { signal: AbortSignal; client: string }) => Promise<unknown>,
  ) => {
    service.checkTexts(texts)
    return answering(service, request, reply, { texts, limit: service.timeForSpeech() }, async (signal) =>
      work(await encoder.get(), { signal, client: clientOf(request) }),
    )
  }

  await app.register(async (openai) => {
    openai.setErrorHandler((error, _, reply) => sendOpenAiError(reply, error))
    openai.post('/v1/embeddings', { schema: encoderSchemas.embeddings }, async (request, reply) => {
      const body = bodyOf(request)
      const texts = textsIn(body, 'input')
      const format = oneOf(body, 'encoding_format', ['float', 'base64'] as const)
      const dimensions = positive(body, 'dimensions')
      return answer(request, reply, texts, async (model, options) => {
        const { vectors, tokens } = await model.embedCounted(texts, {
          ...options,
          ...(dimensions !== undefined && { dimensions }),
        })
        return {
          object: 'list',
          data: vectors.map((vector, index) => ({
            object: 'embedding',
            index,
            embedding: format === 'base64' ? base64(vector) : Array.from(vector),
          })),
          model: typeof body.model === 'string' ? body.model : encoder.name,
          usage: { prompt_tokens: tokens, total_tokens: tokens },
        }
      })
    })
  })

  const cohere = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = bodyOf(request)
    const query = textIn(body, 'query')
    const documents = textsIn(body, 'documents')
    const top = positive(body, 'top_n')
    return answer(request, reply, [query, ...documents], async (model, options) => {
      const ranked = await model.rank(query, documents, { ...options, ...(top !== undefined && { top }) })
      return {
        id: request.id,
        results: ranked.map(({ index, score }) => ({
          index,
          relevance_score: score,
          ...(body.return_documents === true && { document: { text: documents[index] } }),
        })),
        meta: { api_version: { version: '2' } },
      }
    })
  }
  app.post('/v1/rerank', { schema: encoderSchemas.cohereRank }, cohere)
  app.post('/v2/rerank', { schema: encoderSchemas.cohereRank }, cohere)

  app.post('/embed', { schema: encoderSchemas.embed }, async (request, reply) => {
    const body = bodyOf(request)
    const texts = textsIn(body, 'inputs')
    const normalize = flag(body, 'normalize', true)
    const dimensions = positive(body, 'dimensions')
    const prompt = body.prompt_name === undefined || body.prompt_name === null ? undefined : textIn(body, 'prompt_name')
    const tooLong = flag(body, 'truncate', false) ? 'cut' : 'refuse'
    return answer(request, reply, texts, async (model, options) => {
      const settings = {
        ...options,
        normalize,
        tooLong,
        ...(dimensions !== undefined && { dimensions }),
        ...(prompt !== undefined && { prompt }),
      } as const
      return (await model.embed(texts, settings)).map((vector) => Array.from(vector))
    })
  })

  app.post('/rerank', { schema: encoderSchemas.rank }, async (request, reply) => {
    const body = bodyOf(request)
    const query = textIn(body, 'query')
    const texts = textsIn(body, 'texts')
    const returns = flag(body, 'return_text', false)
    const tooLong = flag(body, 'truncate', false) ? 'cut' : 'refuse'
    return answer(request, reply, [query, ...texts], async (model, options) =>
      (await model.rank(query, texts, { ...options, tooLong })).map(({ index, score }) => ({
        index,
        score,
        ...(returns && { text: texts[index] }),
      })),
    )
  })
}

/** The numbers of a vector as little-endian float32 in base64, as OpenAI's clients read them. */
const base64 = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

function bodyOf({ body }: FastifyRequest): Body {
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new GlassformerError('ERR_INPUT', 'the body must be a JSON object')
  return body as Body
}

const refuse = (body: Body, name: string, what: string): never => {
  throw new GlassformerError('ERR_INPUT', `${name} must be ${what}, not ${shown(body[name])}`)
}

function textIn(body: Body, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : refuse(body, name, 'a text')
}

/** A text or a list of texts, of which there is at least one; documents may be objects with a text. */
function textsIn(body: Body, name: string): string[] {
  const list = [body[name]].flat().map((value) => (value as { text?: unknown } | null)?.text ?? value)
  if (!list.length || !list.every((value) => typeof value === 'string'))
    refuse(body, name, 'a text, or a list of texts')
  return list as string[]
}

function positive(body: Body, name: string): number | undefined {
  const value = body[name] ?? undefined
  if (value === undefined) return undefined
  return Number.isSafeInteger(value) && (value as number) > 0
    ? (value as number)
    : refuse(body, name, 'a positive integer')
}

function flag(body: Body, name: string, byDefault: boolean): boolean {
  const value = body[name] ?? byDefault
  return typeof value === 'boolean' ? value : refuse(body, name, 'true or false')
}

function oneOf<const T extends string>(body: Body, name: string, values: readonly T[]): T {
  const value = body[name] ?? values[0]
  return values.includes(value as T) ? (value as T) : refuse(body, name, `one of ${values.join(', ')}`)
}
