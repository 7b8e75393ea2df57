import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { jsonSchemaOf } from '../../../base/schema/json-schema.ts'
import { inFile } from '../../../base/schema/place.ts'
import { read, settings } from '../../../base/schema/settings.ts'
import { listOf, numberFrom, type Type, text } from '../../../base/schema/types.ts'
import type { MemoryUnit } from '../../../language/memory/index.ts'
import { languageTag } from '../../../language/text/languages.ts'
import { readTmx } from '../../../use/translate/parsing/index.ts'
import { clientOf, ownerOf } from '../access/authorize.ts'
import { answering } from '../calls/answering.ts'
import { addForms, fileIn, uploading } from '../calls/forms.ts'
import type { Memories } from '../memories/memories.ts'
import type { MemoryPair } from '../memories/memory-pair.ts'
import { plainTag } from '../models/choose-model.ts'
import { failuresOf } from '../requests/answers.ts'
import { errorSchema } from '../requests/error-json.ts'
import { fieldsOf, textIn } from '../requests/fields.ts'
import type { Service } from '../service/service.ts'

const unit: Type<MemoryUnit> = {
  expected: 'a unit { source, target } of texts with words',
  accepts: (value): value is MemoryUnit => {
    const { source, target } = Object(value) as MemoryUnit
    return [source, target].every((each) => text.accepts(each) && each.trim() !== '')
  },
  json: {
    type: 'object',
    properties: { source: { type: 'string' }, target: { type: 'string' } },
    required: ['source', 'target'],
  },
}

const languageFields = settings({
  source: { type: text, says: 'the language of the texts: fr' },
  target: { type: text, says: 'the language of their translations: en' },
})

const unitFields = settings({
  ...languageFields,
  units: { type: listOf(unit, 'a list of units { source, target } of texts with words'), says: 'the units' },
})

const searchFields = settings({
  ...languageFields,
  text: { type: text, says: 'the text' },
  threshold: { type: numberFrom(0.5, 1), default: 0.75, says: 'the lowest score of a unit' },
})

/** Translation memories in our own interface: each client has its own. */
export async function memoryRoutes(app: FastifyInstance, { service }: { service: Service }): Promise<void> {
  addForms(app, service)

  app.get('/v1/memory', { schema: listSchema }, async (request) => ({ memories: await kept().of(ownerOf(request)) }))

  app.post('/v1/memory', { schema: addSchema }, async (request) => {
    const { units, ...languages } = read(unitFields, request.body, inFile('the request', 'ERR_OPTION'))
    service.checkTexts(units.flatMap(({ source, target }) => [source, target]))
    const pair = pairOf(languages)
    return { ...pair, added: units.length, units: await kept().add(ownerOf(request), pair, units) }
  })

  app.post('/v1/memory/search', { schema: searchSchema }, async (request) => {
    const asked = read(searchFields, request.body, inFile('the request', 'ERR_OPTION'))
    service.checkTexts([asked.text])
    return { units: await kept().similar(ownerOf(request), pairOf(asked), asked.text, asked.threshold) }
  })

  app.post('/v1/memory/tmx', { schema: importSchema, ...uploading(service) }, async (request, reply) => {
    const fields = fieldsOf(request.body)
    const { bytes } = fileIn(fields)
    const given = { source: textIn(fields, 'source'), target: textIn(fields, 'target') }
    const pair = pairOf(read(languageFields, given, inFile('the form', 'ERR_OPTION')))
    const memories = kept()
    return answering(service, request, reply, { texts: [] }, async (signal) => {
      const parts = await readTmx(bytes, pair, { signal, client: clientOf(request) })
      const added = parts.reduce((sum, { count }) => sum + count, 0)
      return { ...pair, added, units: await memories.addParts(ownerOf(request), pair, parts) }
    })
  })

  app.get('/v1/memory/tmx', { schema: exportSchema }, async (request, reply) => {
    const pair = pairOf(read(languageFields, request.query, inFile('the address', 'ERR_OPTION')))
    const parts = kept().exported(ownerOf(request), pair)
    return reply.type('application/x-tmx+xml; charset=utf-8').send(Readable.from(parts))
  })

  app.delete('/v1/memory', { schema: removeSchema }, async (request, reply) => {
    const pair = pairOf(read(languageFields, request.query, inFile('the address', 'ERR_OPTION')))
    await kept().remove(ownerOf(request), pair)
    return reply.code(204).send()
  })

  function kept(): Memories {
    if (service.memories) return service.memories
    throw new GlassformerError('ERR_NOT_FOUND', 'this server keeps no memories: it was started without --memories')
  }
}

/** Languages by plain tags. @throws GlassformerError ERR_OPTION for a word that names none */
function pairOf({ source, target }: MemoryPair): MemoryPair {
  for (const [name, language] of Object.entries({ source, target }))
    if (languageTag(language) === undefined)
      throw new GlassformerError(
        'ERR_OPTION',
        `the request: '${name}' must be the code of a language such as fr, not ${JSON.stringify(language.slice(0, 40))}`,
      )
  return { source: plainTag(source), target: plainTag(target) }
}

const tags = ['v1']
const string = { type: 'string' }
const integer = { type: 'integer' }
const failures = failuresOf([400, 401, 404, 408, 413, 414, 415, 429, 431, 456, 500, 503], errorSchema)
const languages = {
  source: { ...string, description: 'the language of the texts' },
  target: { ...string, description: 'the language of their translations' },
}
const querystring = { type: 'object', properties: languages, required: ['source', 'target'] }
const addedSchema = {
  description: 'The memory, with the number of its units.',
  type: 'object',
  properties: { ...languages, added: integer, units: integer },
  required: ['source', 'target', 'added', 'units'],
}

const listSchema = {
  tags,
  summary: 'The translation memories of this key',
  response: {
    200: {
      description: 'A memory for each pair of languages.',
      type: 'object',
      properties: {
        memories: {
          type: 'array',
          items: {
            type: 'object',
            properties: { ...languages, units: integer },
            required: ['source', 'target', 'units'],
          },
        },
      },
      required: ['memories'],
    },
    ...failures,
  },
}

const addSchema = {
  tags,
  summary: 'Adds units to a translation memory',
  description: 'A unit replaces an earlier one of the same text. Later translations of these languages ask the memory.',
  body: jsonSchemaOf(unitFields),
  response: { 200: addedSchema, ...failures },
}

const searchSchema = {
  tags,
  summary: 'The units of a translation memory that are like a text',
  body: jsonSchemaOf(searchFields),
  response: {
    200: {
      description: 'The units, best first.',
      type: 'object',
      properties: {
        units: {
          type: 'array',
          items: {
            type: 'object',
            properties: { source: string, target: string, score: { type: 'number' } },
            required: ['source', 'target', 'score'],
          },
        },
      },
      required: ['units'],
    },
    ...failures,
  },
}

const importSchema = {
  tags,
  summary: 'Adds the units of a TMX file to a translation memory',
  body: {
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          properties: { file: { ...string, format: 'binary', description: 'TMX 1.4' }, ...languages },
          required: ['file', 'source', 'target'],
        },
      },
    },
  },
  response: { 200: addedSchema, ...failures },
}

const exportSchema = {
  tags,
  summary: 'A translation memory as TMX',
  querystring,
  response: {
    200: { description: 'TMX 1.4.', content: { 'application/x-tmx+xml': { schema: string } } },
    ...failures,
  },
}

const removeSchema = {
  tags,
  summary: 'Removes a translation memory',
  querystring,
  response: { 204: { description: 'It is gone.', type: 'null' }, ...failures },
}
