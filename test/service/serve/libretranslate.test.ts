import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ apis: ['libretranslate'], texts: 3, characters: 500, beams: 6 })
})
afterAll(() => server.close())

const pair = { source: 'fr', target: 'en' }

describe('/translate', () => {
  it('translates a text, or a list of texts', async () => {
    const one = await server.post('/translate', { q: 'Je suis étudiant.', ...pair })
    expect([one.status, one.json]).toEqual([200, { translatedText: 'I am a student.' }])
    const many = await server.post('/translate', { q: ['Oui.', 'Il pleut.'], ...pair })
    expect(many.json).toEqual({ translatedText: ['Yes.', "It's raining."] })
  })

  it('says how probably a translation is right, where that is asked for', async () => {
    const one = await server.post('/translate', { q: 'Il pleut.', ...pair, confidence: true })
    expect(one.json).toEqual({ translatedText: "It's raining.", confidence: expect.any(Number) })
    const { json } = await server.post('/translate', { q: ['Oui.', 'Zglub frmtz.'], ...pair, confidence: true })
    expect(json.confidence[0]).toBeGreaterThan(json.confidence[1])
    const html = await server.post('/translate', { q: '<p>Oui.</p>', ...pair, format: 'html', confidence: true })
    expect(html.json).toEqual({ translatedText: '<p>Yes.</p>', confidence: null })
    expect((await server.post('/translate', { q: 'Oui.', ...pair, confidence: 'x' })).status).toBe(400)
  })

  it('takes forms', async () => {
    const { json } = await server.form('/translate', [
      ['q', 'Oui.'],
      ['source', 'fr'],
      ['target', 'en'],
      ['format', 'text'],
      ['api_key', ''],
    ])
    expect(json).toEqual({ translatedText: 'Yes.' })
  })

  it('detects the language where the source is auto', async () => {
    const { json } = await server.post('/translate', { q: 'Je suis étudiant.', source: 'auto', target: 'en' })
    expect(json).toEqual({
      translatedText: 'I am a student.',
      detectedLanguage: { language: 'fr', confidence: expect.any(Number) },
    })
    expect(json.detectedLanguage.confidence).toBeGreaterThan(50)
    const list = await server.post('/translate', { q: ['Oui.', 'Oui.'], source: 'auto', target: 'en' })
    expect(list.json.detectedLanguage).toHaveLength(2)
  })

  it('leaves a text unchanged that is detected as the target language', async () => {
    const q = 'Good morning, how are you today?'
    expect((await server.post('/translate', { q, source: 'auto', target: 'EN' })).json).toEqual({
      translatedText: q,
      detectedLanguage: { language: 'en', confidence: expect.any(Number) },
    })
    // Words of addresses and tags are in no language.
    const french = '<p class="this that">Oui : www.the-weather-today.com</p>'
    const { json } = await server.post('/translate', { q: french, source: 'auto', target: 'en', format: 'html' })
    expect(json.detectedLanguage.language).toBe('fr')
    const unknown = await server.post('/translate', { q: 'Wie geht es dir heute?', source: 'auto', target: 'de' })
    expect([unknown.status, unknown.json]).toEqual([400, { error: 'de is not supported' }])
  })

  it('takes fields in its address too', async () => {
    const answer = await server.ask('/translate?q=Oui.&source=fr&target=en', { method: 'POST' })
    expect(answer.json).toEqual({ translatedText: 'Yes.' })
    const form = await server.form('/translate?source=fr&target=en', [['q', 'Oui.']])
    expect(form.json).toEqual({ translatedText: 'Yes.' })
  })

  it('returns as many alternatives as the beams of the server allow, where these are fewer than the model uses', async () => {
    await using small = await startServer({ apis: ['libretranslate'], beams: 2 })
    const { json } = await small.post('/translate', { q: 'Il fait froid ce matin.', ...pair, alternatives: 1 })
    expect(json.alternatives).toHaveLength(1)
  })

  it('returns alternatives', async () => {
    const { json } = await server.post('/translate', { q: 'Il fait froid ce matin.', ...pair, alternatives: 3 })
    expect(json.alternatives).toHaveLength(3)
    expect(new Set([json.translatedText, ...json.alternatives]).size).toBe(4)
    const list = await server.post('/translate', { q: ['Oui.', 'Non.'], ...pair, alternatives: 1 })
    expect(list.json.alternatives).toEqual([[expect.any(String)], [expect.any(String)]])
  })

  it('keeps the tags of HTML', async () => {
    const { json } = await server.post('/translate', { q: '<p>Il <b>pleut</b>.</p>', ...pair, format: 'html' })
    expect(json.translatedText).toMatch(/^<p>.*<b>.*<\/b>.*<\/p>$/)
  })

  it('leaves a text unchanged whose language is the target', async () => {
    expect((await server.post('/translate', { q: 'Oui.', source: 'en', target: 'en' })).json.translatedText).toBe(
      'Oui.',
    )
  })

  it.each<[string, unknown, number, RegExp]>([
    ['no q', pair, 400, /missing q parameter/],
    ['no source', { q: 'a', target: 'en' }, 400, /missing source parameter/],
    ['no target', { q: 'a', source: 'fr' }, 400, /missing target parameter/],
    ['another target', { q: 'a', source: 'fr', target: 'xx' }, 400, /xx is not supported/],
    ['another source', { q: 'a', source: 'de', target: 'en' }, 400, /de is not supported/],
    ['another format', { q: 'a', ...pair, format: 'pdf' }, 400, /pdf format is not supported/],
    ['alternatives of another type', { q: 'a', ...pair, alternatives: 'many' }, 400, /alternatives/],
    ['too many alternatives', { q: 'a', ...pair, alternatives: 6 }, 400, /'alternatives' may be at most 5/],
    ['alternatives that are a truth', { q: 'a', ...pair, alternatives: true }, 400, /alternatives/],
    ['too long a text', { q: 'a'.repeat(501), ...pair }, 400, /500 characters/],
    ['too many texts', { q: ['a', 'b', 'c', 'd'], ...pair }, 400, /3 texts/],
    ['q of another type', { q: [1], ...pair }, 400, /q is no text/],
    ['bad JSON', '{', 400, /JSON/],
  ])('refuses %s in the form of LibreTranslate', async (_, body, status, message) => {
    const answer = await server.post('/translate', body)
    expect([answer.status, answer.json]).toEqual([status, { error: expect.stringMatching(message) }])
  })
})

describe('other resources', () => {
  it('/detect returns the language of a text', async () => {
    for (const [q, language] of [
      ['Je suis étudiant.', 'fr'],
      ['This is a sentence.', 'en'],
    ]) {
      const { json } = await server.post('/detect', { q })
      expect(json[0]).toEqual({ language, confidence: expect.any(Number) })
    }
    expect((await server.form('/detect', [['q', '...']])).json).toEqual([{ language: 'fr', confidence: 0 }])
  })

  it('/languages lists the languages and their targets', async () => {
    expect((await server.get('/languages')).json).toEqual([
      { code: 'fr', name: 'French', targets: ['en', 'fr'] },
      { code: 'en', name: 'English', targets: ['en'] },
    ])
  })

  it('/frontend/settings and /health describe the server', async () => {
    const { json } = await server.get('/frontend/settings')
    expect(json).toMatchObject({
      charLimit: 500,
      keyRequired: false,
      language: { target: { code: 'en', name: 'English' } },
    })
    expect((await server.get('/health')).json).toEqual({ status: 'ok' })
  })

  it.each([
    ['GET', '/translate', 405],
    ['POST', '/suggest', 404],
  ])('%s %s, an unknown route, is answered in the form of LibreTranslate', async (method, path, status) => {
    const answer = await server.ask(path, { method })
    expect([answer.status, answer.json]).toEqual([status, { error: expect.any(String) }])
  })
})
