import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { keyOf, ownerOf } from '../access/authorize.ts'
import { type Fields, fieldsOf } from '../requests/fields.ts'
import type { Service } from '../service/service.ts'
import {
  dictionariesIn,
  dictionaryIn,
  dictionaryOf,
  isSamePair,
  mergedEntries,
  missing,
  neededIn,
  pairIn,
  withDictionary,
} from './dictionaries.ts'
import type { Dictionary, Glossaries, StoredGlossary } from './glossaries.ts'
import { writeTsv } from './glossary-entries.ts'
import { idIn } from './glossary-routes.ts'
import { multilingualSchemas as schemas } from './glossary-schemas.ts'

const languagesJson = ({ source, target }: Dictionary) => ({
  source_lang: source.toLowerCase(),
  target_lang: target.toLowerCase(),
})

const dictionaryJson = (dictionary: Dictionary) => ({
  ...languagesJson(dictionary),
  entry_count: dictionary.entries.length,
})

const glossaryJson = ({ id, name, created, dictionaries }: StoredGlossary) => ({
  glossary_id: id,
  name,
  dictionaries: dictionaries.map(dictionaryJson),
  creation_time: created,
})

/** Glossaries of several pairs of languages: the routes of DeepL's API v3, which its clients use. */
export async function multilingualGlossaryRoutes(
  app: FastifyInstance,
  service: Service,
  glossaries: Glossaries,
): Promise<void> {
  const { models } = service
  const find = (request: FastifyRequest): StoredGlossary => glossaries.find(idIn(request), ownerOf(request))

  app.post('/v3/glossaries', { schema: schemas.create }, async (request, reply) => {
    const fields = fieldsOf(request.body)
    const name = neededIn(fields, 'name')
    const dictionaries = await dictionariesIn(models, fields)
    if (!dictionaries?.length) throw missing('dictionaries')
    const most = service.glossariesFor(keyOf(request))
    const added = await glossaries.add({ name, owner: ownerOf(request), dictionaries }, most)
    return reply.code(201).send(glossaryJson(added))
  })

  app.get('/v3/glossaries', { schema: schemas.list }, async (request) => ({
    glossaries: glossaries.of(ownerOf(request)).map(glossaryJson),
  }))

  app.get('/v3/glossaries/:id', { schema: schemas.one }, async (request) => glossaryJson(find(request)))

  app.patch('/v3/glossaries/:id', { schema: schemas.change }, async (request) => {
    const glossary = find(request)
    const fields = fieldsOf(request.body)
    let changed = fields.name === undefined ? glossary : { ...glossary, name: neededIn(fields, 'name') }
    for (const { entries, ...pair } of (await dictionariesIn(models, fields)) ?? []) {
      const merged = mergedEntries(dictionaryOf(changed, pair)?.entries ?? [], entries)
      changed = { ...changed, dictionaries: withDictionary(changed, { ...pair, entries: merged }) }
    }
    const { name, dictionaries } = changed
    return glossaryJson(await glossaries.change(glossary.id, glossary.owner, { name, dictionaries }))
  })

  app.delete('/v3/glossaries/:id', { schema: schemas.remove }, async (request, reply) => {
    await glossaries.remove(idIn(request), ownerOf(request))
    return reply.code(204).send()
  })

  app.get('/v3/glossaries/:id/entries', { schema: schemas.entries }, async (request) => {
    const { dictionary } = dictionaryFor(request)
    const entries = writeTsv(dictionary.entries)
    return { dictionaries: [{ ...languagesJson(dictionary), entries, entries_format: 'tsv' }] }
  })

  app.put('/v3/glossaries/:id/dictionaries', { schema: schemas.replace }, async (request) => {
    const glossary = find(request)
    const dictionary = await dictionaryIn(models, fieldsOf(request.body))
    await glossaries.change(glossary.id, glossary.owner, { dictionaries: withDictionary(glossary, dictionary) })
    return dictionaryJson(dictionary)
  })

  app.delete('/v3/glossaries/:id/dictionaries', { schema: schemas.removeDictionary }, async (request, reply) => {
    const { glossary, dictionary } = dictionaryFor(request)
    const dictionaries = glossary.dictionaries.filter((each) => !isSamePair(each, dictionary))
    await glossaries.change(glossary.id, glossary.owner, { dictionaries })
    return reply.code(204).send()
  })

  /** The dictionary for the languages in the address. @throws GlassformerError ERR_NOT_FOUND, ERR_INPUT */
  function dictionaryFor(request: FastifyRequest): { glossary: StoredGlossary; dictionary: Dictionary } {
    const glossary = find(request)
    const dictionary = dictionaryOf(glossary, pairIn(request.query as Fields))
    if (!dictionary) throw new GlassformerError('ERR_NOT_FOUND', 'the glossary has no dictionary of these languages')
    return { glossary, dictionary }
  }
}
