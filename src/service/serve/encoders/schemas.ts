import { openAiErrorSchema } from '../openai/error-json.ts'
import { failuresOf } from '../requests/answers.ts'
import { errorSchema } from '../requests/error-json.ts'

const string = { type: 'string' }
const number = { type: 'number' }
const integer = { type: 'integer' }
const yesOrNo = { type: 'boolean', default: false }
const described = (description: string, schema: object = string) => ({ ...schema, description })
const object = (properties: object, required: readonly string[]) => ({ type: 'object', properties, required })
const listOf = (items: object) => ({ type: 'array', items })

const texts = { anyOf: [string, listOf(string)] }
const documents = listOf({ anyOf: [string, object({ text: string }, ['text'])] })
const dimensions = described('the first so many numbers of each vector', { ...integer, minimum: 1 })
const truncate = described('whether a text over the length of the model is cut; it is refused otherwise', yesOrNo)
const failures = [400, 401, 408, 413, 415, 429, 500, 503] as const

const route = (summary: string, body: object, answer: object, error: object = errorSchema) => ({
  tags: ['encoder'],
  summary,
  body,
  response: { 200: answer, ...failuresOf(failures, error) },
})

const cohereRank = route(
  "Ranks documents by how well they fit a query, as Cohere's API has it",
  object(
    {
      query: described('the query'),
      documents: described('the documents', documents),
      top_n: described('the best so many', { ...integer, minimum: 1 }),
      return_documents: described('whether texts are returned', yesOrNo),
    },
    ['query', 'documents'],
  ),
  described(
    'The best documents first.',
    object({ id: string, results: listOf(object({ index: integer, relevance_score: number }, ['index'])) }, [
      'results',
    ]),
  ),
)

/** The bodies that the routes of an encoder take and return, for the description of the server. */
export const encoderSchemas = {
  embeddings: route(
    "Makes vectors of texts, as OpenAI's API has it",
    object(
      {
        input: described('a text, or several', texts),
        model: described('any name; it is returned'),
        encoding_format: { ...string, enum: ['float', 'base64'], default: 'float' },
        dimensions,
      },
      ['input'],
    ),
    described(
      'The vectors, in order.',
      object(
        {
          object: { const: 'list' },
          data: listOf(object({ object: { const: 'embedding' }, index: integer, embedding: {} }, ['embedding'])),
          model: string,
          usage: object({ prompt_tokens: integer, total_tokens: integer }, ['prompt_tokens', 'total_tokens']),
        },
        ['object', 'data', 'usage'],
      ),
    ),
    openAiErrorSchema,
  ),
  cohereRank,
  embed: route(
    'Makes vectors of texts, as Text Embeddings Inference has it',
    object(
      {
        inputs: described('a text, or several', texts),
        normalize: described('whether vectors have the length 1', { type: 'boolean', default: true }),
        prompt_name: described("the name of one of the model's prompts"),
        dimensions,
        truncate,
      },
      ['inputs'],
    ),
    described('The vectors, in order.', listOf(listOf(number))),
  ),
  rank: route(
    'Ranks texts by how well they fit a query, as Text Embeddings Inference has it',
    object(
      {
        query: described('the query'),
        texts: described('the texts', listOf(string)),
        return_text: described('whether texts are returned', yesOrNo),
        truncate,
      },
      ['query', 'texts'],
    ),
    described(
      'The best texts first.',
      listOf(object({ index: integer, score: number, text: string }, ['index', 'score'])),
    ),
  ),
}
