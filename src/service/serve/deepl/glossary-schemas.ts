import { formOrJson } from '../calls/forms.ts'
import { answer, described, failed, failedWork, object, string, tags } from './schemas.ts'

const glossary = object(
  {
    glossary_id: string,
    ready: { type: 'boolean' },
    name: string,
    source_lang: string,
    target_lang: string,
    creation_time: string,
    entry_count: { type: 'integer' },
  },
  ['glossary_id', 'ready', 'name', 'source_lang', 'target_lang', 'creation_time', 'entry_count'],
)

/** Routes that list glossaries and return one of them, in this form. */
const readSchemas = (form: object) => ({
  list: {
    tags,
    summary: 'The glossaries of the key',
    response: {
      200: answer('The glossaries.', object({ glossaries: { type: 'array', items: form } }, ['glossaries'])),
      ...failed,
    },
  },
  one: { tags, summary: 'A glossary', params, response: { 200: answer('The glossary.', form), ...failed } },
})

const params = { type: 'object', properties: { id: described('the id of a glossary') }, required: ['id'] }

const createBody = object(
  {
    name: described('its name', { ...string, minLength: 1 }),
    source_lang: string,
    target_lang: string,
    entries: described('a term and its translation on each line', { ...string, minLength: 1 }),
    entries_format: { ...string, enum: ['tsv', 'csv'] },
  },
  ['name', 'source_lang', 'target_lang', 'entries'],
)

export const glossarySchemas = {
  create: {
    tags,
    summary: 'Makes a glossary',
    body: formOrJson(createBody),
    response: { 201: answer('The glossary.', glossary), ...failedWork },
  },
  ...readSchemas(glossary),
  remove: {
    tags,
    summary: 'Deletes a glossary',
    params,
    response: { 204: { description: 'It is deleted.', type: 'null' }, ...failed },
  },
  pairs: {
    tags,
    summary: 'The languages of which there may be glossaries',
    response: {
      200: answer(
        'The pairs of languages.',
        object(
          {
            supported_languages: {
              type: 'array',
              items: object({ source_lang: string, target_lang: string }, ['source_lang', 'target_lang']),
            },
          },
          ['supported_languages'],
        ),
      ),
      ...failed,
    },
  },
}

export const entriesSchema = {
  tags,
  summary: 'The entries of a glossary',
  params,
  response: {
    200: {
      description: 'A term and its translation on each line.',
      content: { 'text/tab-separated-values': { schema: string } },
    },
    ...failed,
  },
}

const dictionary = { source_lang: string, target_lang: string }
const written = object({ ...dictionary, entries: string, entries_format: { ...string, enum: ['tsv', 'csv'] } }, [
  'source_lang',
  'target_lang',
  'entries',
])
const counted = object({ ...dictionary, entry_count: { type: 'integer' } }, [
  'source_lang',
  'target_lang',
  'entry_count',
])
const multilingual = object(
  { glossary_id: string, name: string, dictionaries: { type: 'array', items: counted }, creation_time: string },
  ['glossary_id', 'name', 'dictionaries', 'creation_time'],
)
const name = described('its name', { ...string, minLength: 1 })
const dictionaries = { type: 'array', items: written }
const languages = object(dictionary, ['source_lang', 'target_lang'])

/** The request and response schemas of the multilingual glossary routes. */
export const multilingualSchemas = {
  create: {
    tags,
    summary: 'Makes a glossary of several pairs of languages',
    body: formOrJson(object({ name, dictionaries }, ['name', 'dictionaries'])),
    response: { 201: answer('The glossary.', multilingual), ...failedWork },
  },
  ...readSchemas(multilingual),
  change: {
    tags,
    summary: 'Changes the name of a glossary, and adds entries or changes them',
    params,
    body: formOrJson(object({ name, dictionaries }, [])),
    response: { 200: answer('The glossary.', multilingual), ...failedWork },
  },
  remove: glossarySchemas.remove,
  entries: {
    tags,
    summary: 'The entries of a glossary for a pair of languages',
    params,
    querystring: languages,
    response: {
      200: answer('The entries.', object({ dictionaries }, ['dictionaries'])),
      ...failed,
    },
  },
  replace: {
    tags,
    summary: 'Replaces the entries of a glossary for a pair of languages',
    params,
    body: formOrJson(written),
    response: { 200: answer('Their number.', counted), ...failedWork },
  },
  removeDictionary: { ...glossarySchemas.remove, querystring: languages },
}
