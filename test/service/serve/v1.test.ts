import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { quickest } from '../../use/translate/backend-names.ts'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
let translator: Translator
beforeAll(async () => {
  server = await startServer({ texts: 5, characters: 2000, beams: 8 })
  translator = await Translator.load(undefined, { backend: quickest })
})
afterAll(() => Promise.all([server.close(), translator.close()]))

const texts = ['Je suis étudiant.', 'Il pleut. Nous restons à la maison.', 'Oui.']

describe('POST /v1/translate', () => {
  it('translates one text, as the library does', async () => {
    const { status, json, headers } = await server.post('/v1/translate', { text: texts[0] })
    const { text, score, finishReason } = await translator.translate(texts[0])
    expect(status).toBe(200)
    expect(json).toEqual({
      model: 'fr-en',
      source: 'fr',
      target: 'en',
      translations: [{ text, score: expect.closeTo(score, 5), finishReason }],
    })
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
  })

  it('translates many texts in order, with the options of the library', async () => {
    const options = { beams: 3, alternatives: 2, lengthPenalty: 0.5 }
    const { json } = await server.post('/v1/translate', { text: texts, ...options, tokens: true })
    const expected = await translator.translate(texts, options)
    expect(json.translations.map((each: { text: string }) => each.text)).toEqual(expected.map(({ text }) => text))
    expect(json.translations[1].ids).toEqual(expected[1].ids)
    expect(json.translations[1].alternatives.map((each: { text: string }) => each.text)).toEqual(
      expected[1].alternatives!.map(({ text }) => text),
    )
  })

  it('translates documents, and reports the use of a glossary', async () => {
    const html = await server.post('/v1/translate', { text: '<p>Je suis <b>étudiant</b>.</p>', format: 'html' })
    expect(html.json.translations[0].text).toBe('<p>I am <b>a student</b>.</p>')
    const { json } = await server.post('/v1/translate', { text: 'Je suis étudiant.', glossary: { étudiant: 'pupil' } })
    expect(json.translations[0].glossary).toEqual([
      { source: 'étudiant', target: 'pupil', start: 8, end: 16, found: true },
    ])
  })

  it('returns no translation for no texts', async () => {
    expect((await server.post('/v1/translate', { text: [] })).json.translations).toEqual([])
    expect((await server.post('/v1/translate', { text: '' })).json.translations[0].text).toBe('')
  })

  it('takes the id of a request from the client, unless it is unsafe for a log', async () => {
    const named = await server.post('/v1/translate', { text: 'Oui.' }, { 'x-request-id': 'mine:1' })
    expect(named.headers.get('x-request-id')).toBe('mine:1')
    const odd = await server.post('/v1/translate', { text: 1 }, { 'x-request-id': 'a b' })
    expect(odd.headers.get('x-request-id')).not.toBe('a b')
    expect(odd.json.error.requestId).toBe(odd.headers.get('x-request-id'))
  })

  it.each<[string, unknown, number, string, RegExp]>([
    ['no text', {}, 400, 'ERR_OPTION', /text is missing/],
    ['a text of another type', { text: [1] }, 400, 'ERR_OPTION', /text must be a text or a list of texts/],
    ['an unknown option', { text: 'a', beems: 2 }, 400, 'ERR_OPTION', /unknown key beems.*Did you mean beams/],
    ['an option out of range', { text: 'a', beams: 0 }, 400, 'ERR_OPTION', /beams must be an integer/],
    ['more beams than the server gives', { text: 'a', beams: 9 }, 400, 'ERR_OPTION', /at most 8/],
    ['options that do not go together', { text: 'a', minTokens: 9, maxTokens: 2 }, 400, 'ERR_OPTION', /minTokens/],
    ['a model that there is not', { text: 'a', model: 'fr-em' }, 404, 'ERR_NOT_FOUND', /Did you mean fr-en/],
    ['a language that there is not', { text: 'a', target: 'de' }, 400, 'ERR_OPTION', /into "de"/],
    ['bad JSON', '{"text":', 400, 'ERR_INPUT', /JSON/],
    ['an empty body', '', 400, 'ERR_INPUT', /empty/],
    ['no object', '[]', 400, 'ERR_OPTION', /must be an object/],
    ['a prototype', '{"__proto__":{"text":"a"}}', 400, 'ERR_INPUT', /./],
    ['too many texts', { text: Array(6).fill('a') }, 413, 'ERR_INPUT_TOO_LONG', /5 texts, not 6/],
    ['too many characters', { text: 'a'.repeat(2001) }, 413, 'ERR_INPUT_TOO_LONG', /2,000 characters/],
    ['bad markup', { text: '<a>', format: 'xml' }, 400, 'ERR_INPUT', /<\/a>/],
  ])('refuses %s', async (_, body, status, code, message) => {
    const answer = await server.post('/v1/translate', body)
    expect({ status: answer.status, error: answer.json.error }).toEqual({
      status,
      error: { code, message: expect.stringMatching(message), requestId: expect.any(String) },
    })
  })

  it('refuses bodies of other types and unknown methods', async () => {
    const text = await server.post('/v1/translate', 'Oui.', { 'content-type': 'text/plain' })
    expect([text.status, text.json.error.code]).toEqual([415, 'ERR_INPUT'])
    const put = await server.ask('/v1/models', { method: 'PUT' })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET'])
    expect((await server.get('/nowhere')).json.error.code).toBe('ERR_NOT_FOUND')
  })

  it('stops after the timeout of a request', async () => {
    const text = 'Il pleut et nous restons à la maison. '.repeat(50)
    const { status, json } = await server.post('/v1/translate', { text, beams: 8, timeout: 10 })
    expect([status, json.error.code]).toEqual([408, 'ERR_TIMEOUT'])
    await using hasty = await startServer({ timeout: 0.01 })
    expect((await hasty.post('/v1/translate', { text, beams: 8 })).status).toBe(504)
    expect((await hasty.post('/v2/translate', { text, target_lang: 'EN' })).status).toBe(503)
  })
})

describe('streams', () => {
  const events = (text: string) =>
    text
      .split('\n\n')
      .filter(Boolean)
      .map((each) => {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(each)!
        return { event, ...JSON.parse(data) }
      })

  it('send the words of one text as they become final, as server-sent events', async () => {
    const answer = await server.post('/v1/translate', { text: texts[1], beams: 1 }, { accept: 'text/event-stream' })
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const told = events(answer.text)
    const pieces = told.filter(({ event }) => event === 'piece')
    const { text } = await translator.translate(texts[1], { beams: 1 })
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.map((each) => each.text).join('')).toBe(text)
    expect(told.at(-2)).toMatchObject({ event: 'translation', index: 0, text, finishReason: 'end' })
    expect(told.at(-1)).toEqual({ event: 'done', model: 'fr-en', source: 'fr', target: 'en', texts: 1 })
  })

  it('send a list text by text, as lines of JSON; a text that fails does not fail the others', async () => {
    const long = 'a'.repeat(1900)
    const list = [texts[0], long, texts[2]]
    const answer = await server.post(
      '/v1/translate',
      { text: list, split: 'never' },
      { accept: 'application/x-ndjson' },
    )
    const told = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(told.map(({ event, index }) => [event, index])).toEqual([
      ['translation', 0],
      ['error', 1],
      ['translation', 2],
      ['done', undefined],
    ])
    expect(told[0].text).toBe('I am a student.')
    expect(told[1].error.code).toBe('ERR_INPUT_TOO_LONG')
  })

  it.each([
    ['text/event-stream, */*', 'text/event-stream'],
    ['Application/X-NDJSON; charset=utf-8', 'application/x-ndjson'],
    ['application/x-ndjson;q=0.3, text/event-stream;q=0.7', 'text/event-stream'],
    ['text/event-stream;q=0.5, application/json', 'application/json'],
    ['application/json, text/event-stream', 'application/json'],
    ['application/x-ndjson;q=0', 'application/json'],
    ['*/*', 'application/json'],
  ])('are for clients that prefer them: %s gets %s', async (accept, type) => {
    const { headers } = await server.post('/v1/translate', { text: 'Oui.', beams: 1 }, { accept })
    expect(headers.get('content-type')!.split(';')[0]).toBe(type)
  })

  it('have an error status where they fail before they begin', async () => {
    const answer = await server.post('/v1/translate', { text: 'a', beams: 100 }, { accept: 'text/event-stream' })
    expect(answer.status).toBe(400)
  })
})

describe('other routes', () => {
  it('POST /v1/score returns the probability of a translation', async () => {
    const pairs = [{ source: 'Oui.', target: 'Yes.' }]
    const { json } = await server.post('/v1/score', { pairs })
    const [{ score, ids }] = await translator.score(pairs)
    expect(json.scores[0]).toMatchObject({ score: expect.closeTo(score, 5), ids })
    expect((await server.post('/v1/score', { pairs: [{ source: 'a' }] })).status).toBe(400)
  })

  it('GET /v1/models describes the models', async () => {
    const { json } = await server.get('/v1/models')
    expect(json.models).toEqual([
      expect.objectContaining({ name: 'fr-en', isLoaded: true, sources: ['fr'], targets: ['en'], requests: 0 }),
    ])
    expect((await server.get('/v1/models/fr-en')).json.name).toBe('fr-en')
    expect((await server.get('/v1/models/none')).status).toBe(404)
  })

  it('GET /health and /ready report that the server is alive and accepts requests', async () => {
    expect((await server.get('/health')).json).toEqual({ status: 'ok' })
    expect((await server.get('/ready')).json).toEqual({ status: 'ready' })
  })
})
