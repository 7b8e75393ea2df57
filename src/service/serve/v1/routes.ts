import type { FastifyInstance, FastifyReply } from 'fastify'
import { jsonSchemaOf } from '../../../base/schema/json-schema.ts'
import { inFile } from '../../../base/schema/place.ts'
import { read, settings, some, type Values } from '../../../base/schema/settings.ts'
import { listOf, type Type, text } from '../../../base/schema/types.ts'
import { textSettings } from '../../../use/translate/options/options.ts'
import { authorizing, clientOf, keyOf, ownerOf } from '../access/authorize.ts'
import { answering, beginning } from '../calls/answering.ts'
import { memoriesFor } from '../calls/route-memories.ts'
import { translateVia } from '../calls/translate-via.ts'
import { type Asked, type Chosen, chooseModel } from '../models/choose-model.ts'
import { detectSource } from '../models/detect-source.ts'
import type { LanguageSide } from '../models/model-languages.ts'
import { checkRoute, routeLanguages, routeName } from '../models/route.ts'
import type { ServedModel } from '../models/served-model.ts'
import { failuresOf } from '../requests/answers.ts'
import { errorSchema, sendProblem } from '../requests/error-json.ts'
import { jsonInSlices } from '../running/json-in-slices.ts'
import type { Service } from '../service/service.ts'
import { detectRoute } from './detect-route.ts'
import { documentRoutes } from './document-routes.ts'
import { eventFormOf, eventForms, eventStream } from './event-stream.ts'
import { memoryRoutes } from './memory-routes.ts'
import { textGroups } from './text-groups.ts'
import { modelFields, readTranslateRequest, translateFields } from './translate-request.ts'
import { translationEvents } from './translation-events.ts'
import { translationJson, translationSchema } from './translation-json.ts'

const languages = (side: LanguageSide | null) => side?.codes ?? []

/** When this process began, in seconds since 1970: models are there since then. */
const CREATED = Math.floor(performance.timeOrigin / 1000)

/** A model as OpenAI's clients list it. */
const openAiModel = (id: string) => ({ id, object: 'model', created: CREATED, owned_by: 'glassformer' })

/** A model in the form of our own interface, with the fields of OpenAI's. */
const modelJson = (model: ServedModel) => ({
  ...openAiModel(model.name),
  name: model.name,
  isLoaded: model.translator !== null,
  sources: languages(model.languages.source),
  targets: languages(model.languages.target),
  memory: model.memory,
  requests: model.users,
  ...(model.translator && {
    precision: model.translator.model.precision,
    hasConfidence: model.translator.model.hasConfidence,
    defaults: model.translator.model.defaults,
    adapters: model.translator.adapters,
  }),
})

/** The JSON Schema of a model as OpenAI's clients list it. */
const openAiSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', description: 'its name' },
    object: { type: 'string', enum: ['model'] },
    created: { type: 'integer', description: 'when the server was started, in seconds since 1970' },
    owned_by: { type: 'string' },
  },
  required: ['id', 'object', 'created', 'owned_by'],
}

/** The JSON Schema of a model. */
const modelSchema = {
  type: 'object',
  properties: {
    ...openAiSchema.properties,
    name: { type: 'string' },
    isLoaded: { type: 'boolean', description: 'whether it is in memory; it is loaded when it is asked for' },
    sources: {
      type: 'array',
      items: { type: 'string' },
      description: 'codes of the languages that it translates from; empty where they are unknown',
    },
    targets: {
      type: 'array',
      items: { type: 'string' },
      description: 'codes of the languages that it translates into; empty where they are unknown',
    },
    memory: { type: 'integer', description: 'bytes of its weights in memory' },
    requests: { type: 'integer', description: 'requests that it works on' },
    precision: { type: 'string', description: 'how its matrices are held, where it is loaded' },
    hasConfidence: {
      type: 'boolean',
      description: 'whether it says how probably words are right (`confidence`), where it is loaded',
    },
    adapters: {
      type: 'array',
      items: { type: 'string' },
      description: 'names of the low-rank adapters that requests may choose, where it is loaded',
    },
    defaults: {
      type: 'object',
      description: 'the options of its search, where it is loaded',
      additionalProperties: true,
    },
  },
  required: ['name', 'isLoaded', 'sources', 'targets', 'memory', 'requests'],
}

interface Pair {
  source: string
  target: string
}

const pair: Type<Pair> = {
  expected: 'a pair { source, target } of texts',
  accepts: (value): value is Pair =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 2 &&
    text.accepts((value as Pair).source) &&
    text.accepts((value as Pair).target),
  json: {
    type: 'object',
    properties: { source: { type: 'string' }, target: { type: 'string' } },
    required: ['source', 'target'],
    additionalProperties: false,
  },
}

/** The body of a request for scores. */
const scoreFields = settings({
  pairs: {
    type: listOf(pair, 'a list of pairs { source, target } of texts'),
    says: 'texts with their translations, whose probability is asked for',
  },
  ...modelFields,
  ...some(textSettings, 'adapter'),
})

/** @throws GlassformerError ERR_OPTION */
const readScoreRequest = (body: unknown): Values<typeof scoreFields> =>
  read(scoreFields, body, inFile('the request', 'ERR_OPTION'))

const string = { type: 'string' }
const ofWork = failuresOf([400, 401, 404, 408, 413, 414, 415, 429, 431, 456, 500, 503, 504], errorSchema)
const others = failuresOf([400, 401, 404, 408, 414, 431, 500, 503], errorSchema)

/** The languages and the model of an answer. */
const chosenSchema = {
  model: { ...string, description: 'the model that has answered; two names with + where a language joined two models' },
  source: { ...string, description: 'the language of the texts, where it is known' },
  target: { ...string, description: 'the language of the translations, where it is known' },
}

const chosenJson = (route: readonly Chosen[]) => ({ model: routeName(route), ...routeLanguages(route) })

/** The body of an answer that may be long. */
function sendJson(reply: FastifyReply, answer: object): Promise<string> {
  reply.type('application/json; charset=utf-8')
  return jsonInSlices(answer)
}

/** Our own interface. */
export async function v1(app: FastifyInstance, { service }: { service: Service }): Promise<void> {
  app.setErrorHandler((error, _, reply) => sendProblem(reply, error))
  app.addHook('onRequest', authorizing(service.keys))

  app.post('/v1/translate', { schema: translateSchema }, async (request, reply) => {
    const asked = readTranslateRequest(request.body)
    service.checkTexts(asked.texts)
    const groups = await textGroups(service, asked)
    for (const { route } of groups) checkRoute(route, asked.options)
    const owner = asked.memory ? ownerOf(request) : null
    asked.options = { ...service.within(asked.options, keyOf(request)), client: clientOf(request) }
    const form = eventFormOf(request.headers.accept)
    if (form)
      return beginning(service, request, reply, asked, async ({ signal, errorFor, end }) => {
        const events = translationEvents(service, groups, { ...asked, owner }, signal)
        const stream = await eventStream(events, form, errorFor, end)
        return reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no').type(form.type).send(stream)
      })
    return answering(service, request, reply, asked, async (signal) => {
      const items: object[] = new Array(asked.texts.length)
      const options = { ...asked.options, signal }
      for (const { route, texts } of groups) {
        const sources = texts.map(({ place }) => asked.texts[place])
        const memories = memoriesFor(service, owner, route)
        const translations = await translateVia(service, route, sources, { options, memories })
        for (const [i, { place, detected }] of texts.entries())
          items[place] = { ...translationJson(translations[i], asked.tokens), ...(detected && { detected }) }
      }
      return sendJson(reply, { ...chosenJson(groups[0].route), translations: items })
    })
  })

  app.post('/v1/score', { schema: scoreSchema }, async (request, reply) => {
    const { pairs, timeout, priority, adapter, ...asked } = readScoreRequest(request.body)
    service.within({ priority }, keyOf(request))
    const texts = pairs.flatMap(({ source, target }) => [source, target])
    service.checkTexts(texts)
    const chosen = chooseModel(service.models, withSource(asked, pairs[0]?.source ?? ''))
    return answering(service, request, reply, { texts, timeout }, async (signal) => {
      const scores = await service.use(chosen.model, signal, (translator) =>
        translator.score(pairs, { adapter, priority, client: clientOf(request), signal }),
      )
      return sendJson(reply, { ...chosenJson([chosen]), scores })
    })
  })

  app.get('/v1/models', { schema: modelsSchema }, async () => ({
    object: 'list',
    data: [...service.models.list, ...service.speech.list].map(({ name }) => openAiModel(name)),
    models: service.models.list.map(modelJson),
    speech: service.speech.list.map(({ name }) => name),
  }))

  app.get('/v1/models/:name', { schema: oneModelSchema }, async (request) =>
    modelJson(service.models.named((request.params as { name: string }).name)),
  )

  await app.register(detectRoute, { service })
  await app.register(documentRoutes, { service })
  await app.register(memoryRoutes, { service })

  /** The request with its source language, which is detected from the text where it is `auto`. */
  function withSource(asked: Asked, text: string): Asked {
    const { source, target, model } = asked
    if (source !== 'auto') return asked
    const models = model === undefined ? service.models.list : [service.models.named(model)]
    return { ...asked, source: detectSource(text, { models, target, pivot: undefined })?.language }
  }
}

const translateSchema = {
  tags: ['v1'],
  summary: 'Translates a text, or many',
  description:
    'The answer is one JSON object. With `accept: application/x-ndjson` or `text/event-stream` it comes as it becomes known: of one text its words (`piece`), of a list text by text (`translation`, or `error`), and at the end `done`.',
  body: jsonSchemaOf(translateFields),
  response: {
    200: {
      description: 'The translations, in the order of the texts.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { ...chosenSchema, translations: { type: 'array', items: translationSchema } },
            required: ['model', 'translations'],
          },
        },
        ...Object.fromEntries(eventForms.map(({ type }) => [type, { schema: string }])),
      },
    },
    ...ofWork,
  },
}

const scoreSchema = {
  tags: ['v1'],
  summary: 'Says how probable translations are',
  body: jsonSchemaOf(scoreFields),
  response: {
    200: {
      description: 'A score for each pair, in order.',
      type: 'object',
      properties: {
        ...chosenSchema,
        scores: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              score: { type: 'number', description: "the sum of the log-probabilities of the target's tokens" },
              ids: { type: 'array', items: { type: 'integer' } },
              tokenScores: { type: 'array', items: { type: 'number' } },
            },
            required: ['score', 'ids', 'tokenScores'],
          },
        },
      },
      required: ['model', 'scores'],
    },
    ...ofWork,
  },
}

const modelsSchema = {
  tags: ['v1'],
  summary: 'The models of this server',
  response: {
    200: {
      description: 'The models, in their order.',
      type: 'object',
      properties: {
        object: { ...string, enum: ['list'] },
        data: {
          type: 'array',
          items: openAiSchema,
          description: "models that translate, then those of speech, in the form of OpenAI's list",
        },
        models: { type: 'array', items: modelSchema },
        speech: { type: 'array', items: string, description: 'names of the models that write down what is said' },
      },
      required: ['object', 'data', 'models', 'speech'],
    },
    ...others,
  },
}

const oneModelSchema = {
  tags: ['v1'],
  summary: 'A model of this server',
  params: { type: 'object', properties: { name: { ...string, description: 'its name' } }, required: ['name'] },
  response: { 200: { description: 'The model.', ...modelSchema }, ...others },
}
