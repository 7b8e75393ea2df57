import type { Alternative, Translation } from '../../../use/translate/translation/translation.ts'
import { detectedSchema } from './detect-route.ts'

/** A translation in the form of our own interface. */
export function translationJson(translation: Translation, tokens: boolean) {
  const { alternatives, glossary, confidence, untranslated, memory } = translation
  return {
    ...alternativeJson(translation, tokens),
    ...(alternatives && { alternatives: alternatives.map((each) => alternativeJson(each, tokens)) }),
    ...(glossary && { glossary }),
    ...(confidence && { confidence }),
    ...(untranslated && { untranslated }),
    ...(memory && { memory }),
  }
}

const alternativeJson = ({ text, score, finishReason, spans, ids, tokenScores }: Alternative, tokens: boolean) => ({
  text,
  score,
  finishReason,
  ...(spans && { spans }),
  ...(tokens && { ids, tokenScores }),
})

const number = { type: 'number' }
const string = { type: 'string' }
const integer = { type: 'integer' }
const listOf = (items: object) => ({ type: 'array', items })

const alternativeFields = {
  text: { ...string, description: 'the translation' },
  score: {
    ...number,
    description: 'the sum of log-probabilities over the length penalty; of several sentences the sum of theirs',
  },
  finishReason: { ...string, enum: ['end', 'length', 'loop'], description: 'why it ends' },
  spans: {
    ...listOf({
      type: 'object',
      properties: {
        start: integer,
        end: integer,
        kind: string,
        index: integer,
        source: { type: 'object', properties: { start: integer, end: integer } },
      },
    }),
    description: 'where the text has what is protected',
  },
  ids: { ...listOf(integer), description: 'target ids, where `tokens` asks for them' },
  tokenScores: { ...listOf(number), description: 'the log-probability of each id' },
}

const needed = ['text', 'score', 'finishReason']

/** The JSON Schema of a translation. */
export const translationSchema = {
  type: 'object',
  properties: {
    ...alternativeFields,
    confidence: {
      type: 'object',
      properties: {
        score: number,
        words: listOf({
          type: 'object',
          properties: { text: string, score: number, start: integer, end: integer },
          required: ['text', 'score', 'start', 'end'],
        }),
      },
      description:
        'how probably the translation and its words are right, with the places of the words in the text, where `confidence` asks for it',
    },
    memory: {
      ...listOf({
        type: 'object',
        properties: { source: string, target: string, score: number, begun: string },
        required: ['source', 'target', 'score'],
      }),
      description: 'the units of the memory that the translation was taken from (score 1), or that are like the text',
    },
    detected: { ...detectedSchema, description: 'the language of the text, where `source` is auto' },
    untranslated: {
      ...listOf({ type: 'object', properties: { start: integer, end: integer } }),
      description: 'where sentences stay untranslated by `minConfidence`',
    },
    alternatives: listOf({ type: 'object', properties: alternativeFields, required: needed }),
    glossary: {
      ...listOf({
        type: 'object',
        properties: {
          source: string,
          target: string,
          start: integer,
          end: integer,
          found: { type: 'boolean' },
          reason: string,
        },
      }),
      description: 'what became of each term of the source',
    },
  },
  required: needed,
}
