import { failuresOf } from '../requests/answers.ts'
import { openAiErrorSchema } from './error-json.ts'
import { answerFormats } from './speech-request.ts'

const string = { type: 'string' }
const number = { type: 'number' }
const described = (description: string, schema: object = string) => ({ ...schema, description })
const object = (properties: object, required: readonly string[]) => ({ type: 'object', properties, required })

const file = described(
  'the sound, at most 25 MiB: WAV or FLAC, MP3 and Ogg where the server has packages for them, and what ffmpeg reads where it has that',
  {
    ...string,
    format: 'binary',
  },
)
const common = {
  file,
  model: described('the name of a model of this server; whisper-1 is its first one'),
  prompt: described('text before the sound: its spelling of names and its style are taken up'),
  response_format: described('the form of the answer', { ...string, enum: answerFormats, default: 'json' }),
  temperature: described('0: the usual series, from 0 up to 1 where a window fails', { ...number, default: 0 }),
}
const transcriptionFields = {
  ...common,
  language: described('the language that is spoken, fr; it is detected where it is not given'),
  'timestamp_granularities[]': described('of what verbose_json has times', {
    type: 'array',
    items: { ...string, enum: ['segment', 'word'] },
  }),
  stream: described('whether the text is sent as it becomes known, as server-sent events', { type: 'boolean' }),
}

const form = (properties: object) => ({
  content: { 'multipart/form-data': { schema: object(properties, ['file', 'model']) } },
})

const segment = object(
  {
    id: { type: 'integer' },
    seek: { type: 'integer' },
    start: number,
    end: number,
    text: string,
    tokens: { type: 'array', items: { type: 'integer' } },
    temperature: number,
    avg_logprob: number,
    compression_ratio: number,
    no_speech_prob: number,
  },
  ['id', 'start', 'end', 'text'],
)
const word = object({ word: string, start: number, end: number }, ['word', 'start', 'end'])
const answer = object(
  {
    text: string,
    task: string,
    language: string,
    duration: number,
    segments: described('with verbose_json', { type: 'array', items: segment }),
    words: described('with verbose_json and the granularity word', { type: 'array', items: word }),
    usage: object({ type: string, seconds: { type: 'integer' } }, ['type', 'seconds']),
  },
  ['text'],
)

const schemaOf = (summary: string, properties: object, types: readonly string[]) => ({
  tags: ['openai'],
  summary,
  body: form(properties),
  response: {
    200: {
      description: 'The transcript.',
      content: {
        'application/json': { schema: answer },
        ...Object.fromEntries(types.map((type) => [type, { schema: string }])),
      },
    },
    ...failuresOf([400, 401, 404, 408, 413, 415, 429, 456, 500, 503, 504], openAiErrorSchema),
  },
})

export const transcriptionSchema = schemaOf('Writes down what is said, as OpenAI does', transcriptionFields, [
  'text/plain',
  'text/event-stream',
])
export const translationSchema = schemaOf('Writes down in English what is said, as OpenAI does', common, ['text/plain'])
