import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { startServer, type TestServer } from './server.ts'

/** fr → en, and a second model whose languages make a way from fr into it through en. */
const models = { first: 'fr-en', second: { folder: 'fr-en', source: 'en', target: 'it' } }

const pupil = { source: 'Je suis étudiant.', target: 'I am a pupil.' }
const italian = { source: 'Je suis étudiant.', target: 'Sono scolaro.' }

let server: TestServer
let plain: TestServer
beforeAll(async () => {
  server = await startServer({ models, pivot: 'en', memories: scratchFolder() })
  plain = await startServer({ models, pivot: 'en' })
  await add('fr', 'en', [pupil, { source: 'Oui.', target: 'Aye.' }])
  await add('fr', 'it', [italian])
  await add('en', 'it', [{ source: 'Aye.', target: 'Certo.' }])
})
afterAll(async () => {
  await server.close()
  await plain.close()
})

const add = async (source: string, target: string, units: object[]) => {
  const { status } = await server.post('/v1/memory', { source, target, units })
  expect(status).toBe(200)
}

const deepl = async (texts: string[], more: object = {}, from = server) => {
  const body = { text: texts, source_lang: 'FR', target_lang: 'EN', ...more }
  return (await from.post('/v2/translate', body)).json.translations.map(({ text }: { text: string }) => text)
}
const libre = async (q: string | string[], more: object = {}, from = server) =>
  (await from.post('/translate', { q, source: 'fr', target: 'en', ...more })).json
const v1 = async (text: string | string[], more: object = {}, from = server) =>
  (await from.post('/v1/translate', { text, source: 'fr', target: 'en', ...more })).json.translations

/** The events of a stream. */
async function events(text: string | string[], more: object = {}, from = server) {
  const headers = { accept: 'application/x-ndjson' }
  const body = { text, source: 'fr', target: 'en', ...more }
  const { text: lines } = await from.post('/v1/translate', body, headers)
  // biome-ignore lint/suspicious/noExplicitAny: events of any form
  const all: any[] = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const pieces = all.filter(({ event }) => event === 'piece').map(({ text }) => text)
  return { pieces, translations: all.filter(({ event }) => event === 'translation') }
}

describe("a client's memory is asked", () => {
  it('by DeepL’s interface: texts, sentences, elements, forms, with the language detected', async () => {
    expect(await deepl([pupil.source, 'Merci beaucoup. Je suis étudiant.'])).toEqual([
      'I am a pupil.',
      'Thank you very much. I am a pupil.',
    ])
    expect(await deepl(['<p>Je suis étudiant.</p><p>Oui.</p>'], { tag_handling: 'xml' })).toEqual([
      '<p>I am a pupil.</p><p>Aye.</p>',
    ])
    expect(await deepl([pupil.source], { source_lang: undefined })).toEqual(['I am a pupil.'])
    const form: [string, string][] = [
      ['text', pupil.source],
      ['target_lang', 'EN'],
    ]
    expect((await server.form('/v2/translate', form)).json.translations[0].text).toBe('I am a pupil.')
    expect(await deepl([pupil.source], {}, plain)).toEqual(['I am a student.'])
  })

  it('by LibreTranslate’s interface: one text, lists, pages, alternatives, any language', async () => {
    expect(await libre(pupil.source)).toEqual({ translatedText: 'I am a pupil.' })
    expect(await libre([pupil.source, 'Oui.'])).toEqual({ translatedText: ['I am a pupil.', 'Aye.'] })
    expect(await libre('<p>Je suis étudiant.</p>', { format: 'html' })).toEqual({
      translatedText: '<p>I am a pupil.</p>',
    })
    expect((await libre('Je suis étudiant.', { source: 'auto' })).translatedText).toBe('I am a pupil.')
    const { translatedText, alternatives } = await libre(['Oui.', 'Merci beaucoup.'], { alternatives: 2 })
    expect(translatedText).toEqual(['Aye.', 'Thank you very much.'])
    expect(alternatives).toEqual([[], [expect.any(String), expect.any(String)]])
  })

  it('for documents of both', async () => {
    const file = () => new File(['Oui.\n'], 'a.txt')
    const languages: [string, string][] = [
      ['source', 'fr'],
      ['target', 'en'],
    ]
    const { json } = await server.multipart('/translate_file', [['file', file()], ...languages])
    const { pathname } = new URL(json.translatedFileUrl)
    expect((await server.get(pathname)).text).toBe('Aye.\n')
    const upload = await server.multipart('/v2/document', [
      ['file', file()],
      ['source_lang', 'FR'],
      ['target_lang', 'EN'],
    ])
    const { document_id: id, document_key: key } = upload.json
    const ask = (path: string) => server.post(`/v2/document/${id}${path}`, { document_key: key })
    while ((await ask('')).json.status !== 'done') await wait(20)
    expect((await ask('/result')).text).toBe('Aye.\n')
  })

  it('by streams: a text that it has is one piece, sentences come in their order', async () => {
    const known = await events(pupil.source)
    expect(known.pieces).toEqual(['I am a pupil.'])
    expect(known.translations[0]).toMatchObject({ text: 'I am a pupil.', memory: [{ ...pupil, score: 1 }] })
    const text = 'Merci beaucoup. Je suis étudiant. Il pleut.'
    const mixed = await events(text)
    expect(mixed.pieces.join('')).toBe("Thank you very much. I am a pupil. It's raining.")
    expect(mixed.translations[0].text).toBe(mixed.pieces.join(''))
    expect((await events(text, { memory: false })).pieces.join('')).toContain('I am a student.')
    const like = await events('Je suis médecin.')
    expect(like.translations[0].memory).toEqual([{ ...pupil, score: 0.75 }])
    const list = await events([pupil.source, 'Oui.'])
    expect(list.translations.map(({ text }) => text)).toEqual(['I am a pupil.', 'Aye.'])
  })

  it('where a language joins two models: that of the pair, then that of each model', async () => {
    const it = { target: 'it' }
    const [whole] = await v1(pupil.source, it)
    expect(whole).toMatchObject({ text: 'Sono scolaro.', memory: [{ ...italian, score: 1 }] })
    // Oui. → Aye. is the first model's, Aye. → Certo. the second's; their units are of no language of the request.
    const [legs] = await v1('Oui.', it)
    expect([legs.text, legs.memory]).toEqual(['Certo.', undefined])
    const [mixed] = await v1('Je suis étudiant. Oui.', it)
    expect([mixed.text, mixed.memory]).toEqual(['Sono scolaro. Certo.', [{ ...italian, score: 1 }]])
    expect((await v1(pupil.source, { ...it, memory: false }))[0].text).toBe((await v1(pupil.source, it, plain))[0].text)
    expect((await v1('Je suis médecin.', it))[0].memory).toEqual([{ ...italian, score: 0.75 }])
    expect((await v1('<p>Oui.</p>', { ...it, format: 'html' }))[0].text).toBe('<p>Certo.</p>')
    expect(await deepl([pupil.source, 'Oui.'], { target_lang: 'IT' })).toEqual(['Sono scolaro.', 'Certo.'])
    expect((await libre([pupil.source, 'Oui.'], it)).translatedText).toEqual(['Sono scolaro.', 'Certo.'])
    expect((await events(pupil.source, it)).pieces).toEqual(['Sono scolaro.'])
    const stream = await events('Je suis étudiant. Oui.', it)
    expect(stream.pieces.join('')).toBe('Sono scolaro. Certo.')
  })
})
