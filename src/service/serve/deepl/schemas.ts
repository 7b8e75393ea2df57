import { formOrJson } from '../calls/forms.ts'
import { failuresOf } from '../requests/answers.ts'
import { deeplErrorSchema } from './error-json.ts'

export const string = { type: 'string' }
const texts = { type: 'array', items: string }
const flag = { anyOf: [{ type: 'boolean' }, { enum: ['0', '1'] }] }
export const described = (description: string, schema: object = string) => ({ ...schema, description })
const names = (description: string) => described(description, { anyOf: [string, texts] })
export const tags = ['deepl']
export const failed = failuresOf([400, 403, 404, 408, 414, 431, 500, 503], deeplErrorSchema)
export const failedWork = failuresOf([400, 403, 404, 408, 413, 414, 429, 431, 456, 500, 503], deeplErrorSchema)

export const object = (properties: object, required: readonly string[]) => ({ type: 'object', properties, required })
export const answer = (description: string, schema: object) => ({ description, ...schema })

const translateBody = object(
  {
    text: described('the texts, at most 50; one alone may be a string', {
      anyOf: [string, { ...texts, minItems: 1, maxItems: 50 }],
    }),
    source_lang: described('the language of the texts: FR; left out: the texts say which'),
    target_lang: described('the language of the translations: EN-US'),
    split_sentences: described(
      '0: a text is one sentence; 1: sentences end at punctuation and line ends; nonewlines: at punctuation',
      {
        ...string,
        enum: ['0', '1', 'nonewlines'],
      },
    ),
    preserve_formatting: described('translations begin and end as texts do', flag),
    formality: described('is accepted where DeepL accepts it, and changes nothing', {
      ...string,
      enum: ['default', 'more', 'less', 'prefer_more', 'prefer_less'],
    }),
    context: described(
      'a text before the texts, which is not translated; it chooses between translations where the model was trained on texts',
    ),
    glossary_id: described('a glossary of these languages'),
    glossary_ids: names(
      'up to 5 glossaries of these languages, in place of `glossary_id`; the first that has a term counts',
    ),
    tag_handling: described('the tags that texts have', { ...string, enum: ['xml', 'html'] }),
    splitting_tags: names('elements that are texts of their own'),
    non_splitting_tags: names('elements that are parts of the text around them'),
    ignore_tags: names('elements that stay as they are'),
    outline_detection: described('whether the structure of XML says which elements are texts of their own', flag),
    show_billed_characters: described('tells `billed_characters` of each text', flag),
    show_confidence: described('tells `confidence` of each text: how probably its translation is right', flag),
    model_type: described('is accepted, and changes nothing', {
      ...string,
      enum: ['quality_optimized', 'latency_optimized', 'prefer_quality_optimized'],
    }),
  },
  ['text', 'target_lang'],
)

export const translateSchema = {
  tags,
  summary: 'Translates, as DeepL does',
  body: formOrJson(translateBody),
  response: {
    200: answer(
      'The translations, in the order of the texts.',
      object(
        {
          translations: {
            type: 'array',
            items: object(
              {
                detected_source_language: string,
                text: string,
                billed_characters: { type: 'integer' },
                confidence: { type: 'number', nullable: true },
                model_type_used: string,
              },
              ['detected_source_language', 'text'],
            ),
          },
        },
        ['translations'],
      ),
    ),
    ...failedWork,
  },
}

export const languagesSchema = {
  tags,
  summary: 'The languages of all models, as DeepL lists them',
  querystring: { type: 'object', properties: { type: { ...string, enum: ['source', 'target'] } } },
  response: {
    200: answer('The languages.', {
      type: 'array',
      items: object({ language: string, name: string, supports_formality: { type: 'boolean' } }, ['language', 'name']),
    }),
    ...failed,
  },
}

export const usageSchema = {
  tags,
  summary: 'The characters that were translated with the key since the server has started',
  response: {
    200: answer(
      'The usage, and its limit.',
      object({ character_count: { type: 'integer' }, character_limit: { type: 'integer' } }, [
        'character_count',
        'character_limit',
      ]),
    ),
    ...failed,
  },
}
