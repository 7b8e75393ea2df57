import type { FastifyInstance, FastifyRequest } from 'fastify'
import { keyOf } from '../access/authorize.ts'
import { fieldsOf, oneIn, refused, textIn } from '../fields.ts'
import { pairsOf } from '../models/choose-model.ts'
import type { Models } from '../models/models.ts'
import { chooseFor } from './choose.ts'
import { baseCode, deeplCode } from './codes.ts'
import type { Glossaries, StoredGlossary } from './glossaries.ts'
import { readEntries, writeTsv } from './glossary-entries.ts'
import { entriesSchema, glossarySchemas } from './schemas.ts'

const glossaryJson = ({ id, name, source, target, created, entries }: StoredGlossary) => ({
  glossary_id: id,
  ready: true,
  name,
  source_lang: source.toLowerCase(),
  target_lang: target.toLowerCase(),
  creation_time: created,
  entry_count: entries.length,
})

const ownerOf = (request: FastifyRequest): string => keyOf(request)?.name ?? ''
const idIn = (request: FastifyRequest): string => (request.params as { id: string }).id

/** Glossaries as DeepL's API v2 has them: made, listed, read and deleted. */
export async function glossaryRoutes(app: FastifyInstance, models: Models, glossaries: Glossaries): Promise<void> {
  app.post('/v2/glossaries', { schema: glossarySchemas.create }, async (request, reply) => {
    const fields = fieldsOf(request.body)
    const needed = (name: string): string => {
      const value = textIn(fields, name)
      if (!value?.trim()) throw refused(`Bad request. Reason: Missing or invalid argument: '${name}'`)
      return value
    }
    const [name, source, target] = ['name', 'source_lang', 'target_lang'].map(needed)
    const form = oneIn(fields, 'entries_format', ['tsv', 'csv']) ?? 'tsv'
    chooseFor(models, { source, target })
    const entries = readEntries(needed('entries'), form)
    const made = { name, source: baseCode(source), target: baseCode(target), owner: ownerOf(request), entries }
    return reply.code(201).send(glossaryJson(glossaries.add(made)))
  })

  app.get('/v2/glossaries', { schema: glossarySchemas.list }, async (request) => ({
    glossaries: glossaries.of(ownerOf(request)).map(glossaryJson),
  }))

  app.get('/v2/glossaries/:id', { schema: glossarySchemas.one }, async (request) =>
    glossaryJson(glossaries.find(idIn(request), ownerOf(request))),
  )

  app.get('/v2/glossaries/:id/entries', { schema: entriesSchema }, async (request, reply) => {
    const { entries } = glossaries.find(idIn(request), ownerOf(request))
    return reply.type('text/tab-separated-values; charset=utf-8').send(writeTsv(entries))
  })

  app.delete('/v2/glossaries/:id', { schema: glossarySchemas.remove }, async (request, reply) => {
    glossaries.remove(idIn(request), ownerOf(request))
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
}
