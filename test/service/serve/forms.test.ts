import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ texts: 60, body: 100_000 })
})
afterAll(() => server.close())

const type = { 'content-type': 'multipart/form-data; boundary=x' }
const part = (head: string, text = 'Oui.') => `--x\r\n${head}\r\n\r\n${text}\r\n`
const field = (name: string) => part(`content-disposition: form-data; name="${name}"`)

describe('forms of the type multipart/form-data', () => {
  it("are accepted from LibreTranslate's page", async () => {
    const { json } = await server.multipart('/translate', [
      ['q', 'Je suis étudiant.'],
      ['source', 'auto'],
      ['target', 'en'],
      ['format', 'text'],
      ['alternatives', '1'],
      ['api_key', ''],
    ])
    expect(json).toMatchObject({ translatedText: 'I am a student.', detectedLanguage: { language: 'fr' } })
    expect(json.alternatives).toHaveLength(1)
    const found = await server.multipart('/detect', [['q', 'Je suis étudiant.']])
    expect(found.json[0].language).toBe('fr')
  })

  it("are taken by DeepL's routes, where a field that is repeated is a list", async () => {
    const { json } = await server.multipart('/v2/translate', [
      ['text', 'Je suis étudiant.'],
      ['text', 'Oui.'],
      ['target_lang', 'EN-US'],
    ])
    expect(json.translations.map(({ text }: { text: string }) => text)).toEqual(['I am a student.', 'Yes.'])
    const made = await server.multipart('/v2/glossaries', [
      ['name', 'Été'],
      ['source_lang', 'fr'],
      ['target_lang', 'en'],
      ['entries', 'été\tsummer\r\nhiver\twinter'],
      ['entries_format', 'tsv'],
    ])
    expect([made.status, made.json]).toMatchObject([201, { name: 'Été', entry_count: 2 }])
  })

  it('have no files, and as much as other bodies', async () => {
    const file = await server.multipart('/translate', [
      ['q', new Blob(['Oui.'])],
      ['source', 'fr'],
      ['target', 'en'],
    ])
    expect([file.status, file.json]).toEqual([400, { error: expect.stringMatching(/file/) }])
    const many = await server.multipart('/v2/translate', Array(161).fill(['text', 'Oui.']))
    expect([many.status, many.json]).toEqual([413, { message: expect.stringMatching(/160 fields/) }])
    const large = await server.multipart('/v2/translate', [['text', 'a'.repeat(100_000)]])
    expect([large.status, large.json]).toEqual([413, { message: expect.any(String) }])
  })

  it.each([
    ['no boundary', 'multipart/form-data', `${field('text')}--x--\r\n`, /Boundary/],
    ['no end', type['content-type'], field('text'), /end/],
    ['no part', type['content-type'], 'Oui.', /end/],
    ['nothing', type['content-type'], '', /./],
    ['a part without a name', type['content-type'], `${part('content-disposition: form-data')}--x--\r\n`, /name/],
    ['a part that is no field', type['content-type'], `${part('content-type: text/plain')}--x--\r\n`, /text/],
    ['a prototype', type['content-type'], `${field('__proto__')}--x--\r\n`, /text/],
  ])('are refused where they have %s', async (_, contentType, body, message) => {
    const { status, json } = await server.post('/v2/translate', body, { 'content-type': contentType })
    expect([status, json]).toEqual([400, { message: expect.stringMatching(message) }])
  })
})
