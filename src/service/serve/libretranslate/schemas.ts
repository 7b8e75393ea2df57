import { formOrJson } from '../calls/forms.ts'
import { failuresOf } from '../requests/answers.ts'

const string = { type: 'string' }
const texts = { type: 'array', items: string }
const oneOrMany = { anyOf: [string, texts] }
const described = (description: string, schema: object = string) => ({ ...schema, description })
const object = (properties: object, required: readonly string[]) => ({ type: 'object', properties, required })
const tags = ['libretranslate']

const errorSchema = object({ error: string }, ['error'])
const ofWork = failuresOf([400, 403, 408, 414, 429, 431, 500, 503], errorSchema)
const others = failuresOf([400, 403, 408, 414, 431, 500, 503], errorSchema)

const language = object({ confidence: { type: 'number' }, language: string }, ['confidence', 'language'])
const confidence = { type: 'number', nullable: true }
const key = described('an API key, on a server that has some')

export const translateSchema = {
  tags,
  summary: 'Translates, as LibreTranslate does',
  body: formOrJson(
    object(
      {
        q: described('the text, or a list of texts', oneOrMany),
        source: described('the language of the texts; auto: the text says which'),
        target: described('the language of the translations'),
        format: described('what the texts are', { ...string, enum: ['text', 'html'] }),
        alternatives: described('how many other translations are wanted', { type: 'integer', minimum: 0 }),
        confidence: described('says how probably each translation is right, from 0 to 1', { type: 'boolean' }),
        api_key: key,
      },
      ['q', 'source', 'target'],
    ),
  ),
  response: {
    200: {
      description: 'The translation, or a list of them for a list of texts.',
      ...object(
        {
          translatedText: oneOrMany,
          detectedLanguage: { anyOf: [language, { type: 'array', items: language }] },
          alternatives: { anyOf: [texts, { type: 'array', items: texts }] },
          confidence: { anyOf: [confidence, { type: 'array', items: confidence }] },
        },
        ['translatedText'],
      ),
    },
    ...ofWork,
  },
}

export const detectSchema = {
  tags,
  summary: 'Says in which language a text is, as LibreTranslate does',
  body: formOrJson(object({ q: described('the text'), api_key: key }, ['q'])),
  response: {
    200: { description: 'The languages that it may be in, the likeliest first.', type: 'array', items: language },
    ...ofWork,
  },
}

export const languagesSchema = {
  tags,
  summary: 'The languages of all models, as LibreTranslate lists them',
  response: {
    200: {
      description: 'The languages.',
      type: 'array',
      items: object({ code: string, name: string, targets: texts }, ['code', 'name', 'targets']),
    },
    ...others,
  },
}

export const settingsSchema = {
  tags,
  summary: 'The settings that clients of LibreTranslate ask for first',
  response: {
    200: {
      description: 'The features that there are, and those that are not.',
      type: 'object',
      additionalProperties: true,
    },
    ...others,
  },
}

export const translateFileSchema = {
  tags,
  summary: 'Translates a document, as LibreTranslate does',
  body: {
    content: {
      'multipart/form-data': {
        schema: object(
          {
            file: described('the document', { ...string, format: 'binary' }),
            source: described('the language of the document; auto: its text says which'),
            target: described('the language of the translation'),
            api_key: key,
          },
          ['file', 'source', 'target'],
        ),
      },
    },
  },
  response: {
    200: {
      description: 'The address of the translation.',
      ...object({ translatedFileUrl: string }, ['translatedFileUrl']),
    },
    ...ofWork,
  },
}

export const downloadSchema = {
  tags,
  summary: 'The translated document, once: nothing of it is kept',
  params: object({ name: described('the name that `/translate_file` has answered') }, ['name']),
  response: {
    200: {
      description: 'The document.',
      content: { 'application/octet-stream': { schema: { ...string, format: 'binary' } } },
    },
    ...others,
  },
}
