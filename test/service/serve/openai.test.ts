import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { bytesOf } from '../../sound/golden-sound.ts'
import { smallMoonshine } from '../../use/transcribe/small-moonshine.ts'
import { startServer, type TestServer } from './server.ts'

const tiny = join(import.meta.dirname, '../../golden/whisper-tiny')
const sound = (bytes = bytesOf('speech.wav')) => new Blob([bytes as Uint8Array<ArrayBuffer>])
const fields = (...more: [string, string | Blob][]): [string, string | Blob][] => [
  ['file', sound()],
  ['model', 'whisper-1'],
  ['language', 'en'],
  ...more,
]
const path = '/v1/audio/transcriptions'

describe('OpenAI’s interface of speech', () => {
  let server: TestServer
  beforeAll(async () => {
    const moonshine = smallMoonshine(join(scratchFolder(), 'moonshine'))
    server = await startServer({ models: ['fr-en', `tiny=${tiny}`, `moonshine=${moonshine}`] })
  })
  afterAll(() => server.close())

  test('answers in each form, beside a translator', async () => {
    const json = await server.multipart(path, fields())
    expect(json).toMatchObject({ status: 200, json: { usage: { type: 'duration', seconds: 1 } } })
    const { text } = json.json
    expect(text.length).toBeGreaterThan(0)
    // Above temperature 0, tokens are drawn at random: this model of random weights never passes below it.
    expect((await server.multipart(path, fields(['response_format', 'text']))).text).toMatch(/^\S.*\n$/s)
    const srt = await server.multipart(path, fields(['response_format', 'srt']))
    expect(srt.text).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n/)
    expect(srt.headers.get('content-type')).toMatch(/^text\/plain/)
    expect((await server.multipart(path, fields(['response_format', 'vtt']))).text).toMatch(/^WEBVTT\n\n00:0/)
    const translated = await server.post('/v1/translate', { text: 'Merci.' })
    expect(translated.json.translations[0].text).toBe('Thank you.')
  })

  test('verbose_json has segments, words, or both', async () => {
    const verbose = (...granularities: string[]) =>
      server.multipart(
        path,
        fields(
          ['response_format', 'verbose_json'],
          ...granularities.map((each): [string, string] => ['timestamp_granularities[]', each]),
        ),
      )
    // Tokens are drawn at random, and the first one may be the end.
    const all = async () => (await verbose('word', 'segment')).json
    let both = await all()
    for (let again = 0; again < 20 && !both.words?.length; again++) both = await all()
    expect(both).toMatchObject({ task: 'transcribe', language: 'english', duration: 0.8, text: expect.any(String) })
    expect(both.segments[0]).toEqual({
      id: 0,
      seek: 0,
      start: expect.any(Number),
      end: expect.any(Number),
      text: expect.any(String),
      tokens: expect.any(Array),
      temperature: expect.any(Number),
      avg_logprob: expect.any(Number),
      compression_ratio: expect.any(Number),
      no_speech_prob: expect.any(Number),
    })
    expect(both.words[0]).toEqual({ word: expect.any(String), start: expect.any(Number), end: expect.any(Number) })
    expect(Object.keys((await verbose()).json)).toEqual(['task', 'language', 'duration', 'text', 'segments', 'usage'])
    expect(Object.keys((await verbose('word')).json)).toEqual([
      'task',
      'language',
      'duration',
      'text',
      'words',
      'usage',
    ])
  })

  test('a stream is the text in pieces, then the whole', async () => {
    const { text, headers } = await server.multipart(path, fields(['stream', 'true']))
    expect(headers.get('content-type')).toBe('text/event-stream')
    const events = Array.from(text.matchAll(/^data: (\{.*\})$/gm), ([, data]) => JSON.parse(data!))
    const deltas = events.filter(({ type }) => type === 'transcript.text.delta').map(({ delta }) => delta)
    expect(deltas.length).toBeGreaterThan(0)
    expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: deltas.join(''), usage: { seconds: 1 } })
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  test('translations are of English, whatever is spoken', async () => {
    const form = fields(['response_format', 'verbose_json']).filter(([name]) => name !== 'language')
    const { json } = await server.multipart('/v1/audio/translations', form)
    expect(json).toMatchObject({ task: 'translate', language: 'english' })
  })

  test('Moonshine has segments, and neither words nor a prompt', async () => {
    const asked = (...more: [string, string][]) =>
      server.multipart(path, [
        ...fields(['response_format', 'verbose_json'], ...more).filter(([name]) => name !== 'model'),
        ['model', 'moonshine'],
      ])
    const { status, json } = await asked()
    expect({ status, json }).toMatchObject({ status: 200, json: { language: 'english', duration: 0.8 } })
    expect(json.segments).toMatchObject([{ start: 0, end: 0.8, text: json.text && ` ${json.text}` }])
    for (const more of [
      ['timestamp_granularities[]', 'word'],
      ['prompt', 'Names'],
    ] as [string, string][])
      expect(await asked(more)).toMatchObject({ status: 400, json: { error: { code: 'ERR_UNSUPPORTED' } } })
  })

  test('models are named as here, or as at OpenAI', async () => {
    const named = (name: string) =>
      server.multipart(path, [
        ['file', sound()],
        ['model', name],
        ['language', 'en'],
      ])
    expect((await named('tiny')).status).toBe(200)
    expect((await named('gpt-4o-transcribe')).status).toBe(200)
    expect(await named('tinny')).toMatchObject({
      status: 404,
      json: { error: { type: 'invalid_request_error', code: 'ERR_NOT_FOUND', message: /Did you mean 'tiny'/ } },
    })
    expect((await server.get('/v1/models')).json).toMatchObject({
      models: [{ name: 'fr-en' }],
      speech: ['tiny', 'moonshine'],
    })
  })

  test.each<[string, [string, string | Blob][], object]>([
    ['no file', [['model', 'whisper-1']], { status: 400, json: { error: { code: 'ERR_INPUT' } } }],
    ['a text for a file', [['file', 'text']], { status: 400, json: { error: { code: 'ERR_INPUT' } } }],
    ['two files', fields(['file', sound()]), { status: 400, json: { error: { code: 'ERR_INPUT' } } }],
    ['an empty file', [['file', new Blob([])]], { status: 400 }],
    [
      'no sound',
      [['file', new Blob(['PK zip'])]],
      { status: 400, json: { error: { code: 'ERR_AUDIO_FORMAT', message: /at byte 0/ } } },
    ],
    [
      'a cut file',
      [['file', sound(bytesOf('speech.wav').subarray(0, 999))]],
      { status: 400, json: { error: { message: /at byte 999: the file is cut/ } } },
    ],
    [
      'a language that is none',
      fields(['language', 'klingon']).filter(([, value]) => value !== 'en'),
      { status: 400, json: { error: { code: 'ERR_OPTION' } } },
    ],
    ['a temperature of 3', fields(['temperature', '3']), { status: 400 }],
    ['a form of answer that is none', fields(['response_format', 'xml']), { status: 400 }],
    [
      'who speaks',
      fields(['response_format', 'diarized_json']),
      { status: 400, json: { error: { code: 'ERR_UNSUPPORTED' } } },
    ],
    ['words without verbose_json', fields(['timestamp_granularities[]', 'word']), { status: 400 }],
    ['a stream of subtitles', fields(['stream', 'true'], ['response_format', 'srt']), { status: 400 }],
  ])('%s is refused', async (_, form, answer) => {
    const refused = await server.multipart(path, form)
    const { json } = answer as { json?: { error: { message?: RegExp } } }
    if (json?.error.message) {
      expect(refused.json.error.message).toMatch(json.error.message)
      delete json.error.message
    }
    expect(refused).toMatchObject(answer)
    expect(refused.json.error).toMatchObject({ type: 'invalid_request_error', param: null })
  })

  test('a body that is no form, a file of more than 25 MiB, and another path are refused in OpenAI’s words', async () => {
    expect(await server.post(path, { model: 'tiny' })).toMatchObject({ status: 400, json: { error: { param: null } } })
    const large = await server.multipart(path, [['file', new Blob([new Uint8Array((25 << 20) + 1)])]])
    expect(large).toMatchObject({ status: 413, json: { error: { code: 'ERR_INPUT_TOO_LONG' } } })
    expect(await server.get('/v1/audio/speech')).toMatchObject({ status: 404, json: { error: { param: null } } })
  })

  test('requests are many at once, and the description has the paths', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => server.multipart(path, fields())))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    const { paths } = (await server.get('/openapi.json')).json
    expect(Object.keys(paths)).toEqual(expect.arrayContaining([path, '/v1/audio/translations']))
  })
})

test('a server of speech alone, with keys', async () => {
  const keys = join(scratchFolder(), 'keys.txt')
  writeFileSync(keys, 'a-key mine 1\n')
  await using server = await startServer({ models: [tiny], keys })
  expect((await server.get('/ready')).status).toBe(200)
  expect(await server.multipart(path, fields())).toMatchObject({ status: 401, json: { error: { code: 'ERR_KEY' } } })
  const authorization = { authorization: 'Bearer a-key' }
  expect((await server.multipart(path, fields(), authorization)).status).toBe(200)
  expect(await server.multipart(path, fields(), authorization)).toMatchObject({
    status: 456,
    json: { error: { code: 'ERR_QUOTA' } },
  })
  const translated = await server.post('/v1/translate', { text: 'Merci.' }, authorization)
  expect(translated).toMatchObject({ status: 404, json: { error: { code: 'ERR_NOT_FOUND' } } })
})

test('a server without a model of speech says so', async () => {
  await using server = await startServer()
  const answer = await server.multipart(path, fields())
  expect(answer).toMatchObject({
    status: 404,
    json: { error: { message: expect.stringContaining('no model of speech') } },
  })
})
