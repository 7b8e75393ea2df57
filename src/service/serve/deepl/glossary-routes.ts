import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { keyOf, ownerOf } from '../access/authorize.ts'
import { pairsOf } from '../models/choose-model.ts'
import { fieldsOf } from '../requests/fields.ts'
import type { Service } from '../service/service.ts'
import { baseCode, deeplCode } from './codes.ts'
import { dictionaryIn, neededIn } from './dictionaries.ts'
import type { Glossaries, StoredGlossary } from './glossaries.ts'
import { writeTsv } from './glossary-entries.ts'
import { entriesSchema, glossarySchemas } from './glossary-schemas.ts'

const glossaryJson = ({ id, name, created, dictionaries: [{ source, target, entries }] }: StoredGlossary) => ({
  glossary_id: id,
  ready: true,
  name,
  source_lang: source.toLowerCase(),
  target_lang: target.toLowerCase(),
  creation_time: created,
  entry_count: entries.length,
})

export const idIn = (request: FastifyRequest): string => (request.params as { id: string }).id

/** Whether a glossary is visible to API v2, which has only glossaries of a single pair of languages. */
const isOfOnePair = ({ dictionaries }: StoredGlossary) => dictionaries.length === 1

/** The glossary routes of DeepL's API v2: create, list, read and delete. */
export async function glossaryRoutes(app: FastifyInstance, service: Service, glossaries: Glossaries): Promise<void> {
  const { models } = service
  app.post('/v2/glossaries', { schema: glossarySchemas.create }, async (request, reply) => {
    const fields = fieldsOf(request.body)
    const made = { name: neededIn(fields, 'name'), dictionaries: [await dictionaryIn(models, fields)] }
    const added = await glossaries.add({ ...made, owner: ownerOf(request) }, service.glossariesFor(keyOf(request)))
    return reply.code(201).send(glossaryJson(added))
  })

  app.get('/v2/glossaries', { schema: glossarySchemas.list }, async (request) => ({
    glossaries: glossaries.of(ownerOf(request)).filter(isOfOnePair).map(glossaryJson),
  }))

  app.get('/v2/glossaries/:id', { schema: glossarySchemas.one }, async (request) => glossaryJson(find(request)))

  app.get('/v2/glossaries/:id/entries', { schema: entriesSchema }, async (request, reply) => {
    const [{ entries }] = find(request).dictionaries
    return reply.type('text/tab-separated-values; charset=utf-8').send(writeTsv(entries))
  })

  app.delete('/v2/glossaries/:id', { schema: glossarySchemas.remove }, async (request, reply) => {
    await glossaries.remove(idIn(request), ownerOf(request))
    return reply.code(204).send()
  })

  app.get('/v2/glossary-language-pairs', { schema: glossarySchemas.pairs }, async () => ({
    supported_languages: [...pairsOf(models.list)].flatMap(([source, targets]) =>
      [...targets].map((target) => ({
        source_lang: baseCode(deeplCode(source)).toLowerCase(),
        target_lang: baseCode(deeplCode(target)).toLowerCase(),
      })),
    ),
  }))

  /** @throws GlassformerError ERR_NOT_FOUND, also for a glossary with several pairs of languages */
  function find(request: FastifyRequest): StoredGlossary {
    const found = glossaries.find(idIn(request), ownerOf(request))
    if (isOfOnePair(found)) return found
    throw new GlassformerError('ERR_NOT_FOUND', 'the glossary has not one pair of languages: ask at /v3/glossaries')
  }
}
