import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tokenizerFile } from '#dist/formats/disk/file-limit.js'
import { zipFolder } from '#dist/formats/zip/zip-folder.js'
import { pivot, Translator } from '#dist/index.js'
import { argosModels } from '#dist/service/serve/models/argos-models.js'
import { golden } from '../../files/folders/ctranslate2/expected.ts'
import { root } from '../../repository/repository.ts'
import { printed, pythonPackages } from './python.ts'
import { startServer, type TestServer } from './server.ts'

const archive = join(golden, 'translate-fr_en.argosmodel')
const folder = mkdtempSync(join(tmpdir(), 'argos-'))
const german = join(folder, 'translate-en_de-1_0')
const LINE = 'nule gunsun'

let server: TestServer
beforeAll(async () => {
  cpSync(archive, join(folder, 'translate-fr_en-1_9.argosmodel'))
  mkdirSync(german)
  cpSync(join(golden, 'models', 'onmt-float16'), join(german, 'model'), { recursive: true })
  const pieces = zipFolder(archive).folder.folder('translate-fr_en-1_9').bytes('sentencepiece.model', tokenizerFile)
  writeFileSync(join(german, 'sentencepiece.model'), pieces)
  writeFileSync(join(german, 'metadata.json'), '{ "from_code": "en", "to_code": "de" }')
  server = await startServer({ argos: folder })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

test('the newest of several packages of one pair is served, and 1.10 is newer than 1.9', () => {
  const several = mkdtempSync(join(folder, 'several-'))
  const versions = ['1.10', '1.9', '1.2']
  for (const version of versions) {
    const unpacked = join(several, `translate-en_de-${version.replace('.', '_')}`)
    cpSync(german, unpacked, { recursive: true })
    const metadata = { from_code: 'en', to_code: 'de', package_version: version }
    writeFileSync(join(unpacked, 'metadata.json'), JSON.stringify(metadata))
  }
  expect(argosModels(several)['en-de']).toMatchObject({ folder: join(several, 'translate-en_de-1_10') })
})

test("Python's libretranslatepy lists and uses packages and a pair that English joins", {
  timeout: 300_000,
}, async (context) => {
  const { folder: packages, skipped } = pythonPackages('libretranslatepy==2.1.4')
  context.skip(skipped !== undefined, skipped)
  const program = join(root, 'test/service/serve/clients/argos.py')
  const found = await printed('python3', [program, server.url, LINE], { PYTHONPATH: packages })
  await using first = await Translator.load(archive)
  await using second = await Translator.load(german)
  const english = (await first.translate(LINE)).text
  expect(found).toEqual({
    languages: { fr: ['de', 'en', 'fr'], en: ['de', 'en'], de: ['de'] },
    'fr-en': english,
    'en-de': (await second.translate(LINE)).text,
    'fr-de': (await second.translate(english)).text,
  })
})

describe('a folder of packages of Argos Translate', () => {
  test('lists their languages, those that English joins included', async () => {
    const { json } = await server.get('/languages')
    const targets = Object.fromEntries(
      json.map((each: { code: string; targets: string[] }) => [each.code, each.targets]),
    )
    expect(targets).toEqual({ en: ['de', 'en'], fr: ['de', 'en', 'fr'], de: ['de'] })
    expect(json.find((each: { code: string }) => each.code === 'fr').name).toBe('French')
  })

  test('translates a pair as the package alone does, and another through English, as pivot() does', async () => {
    await using first = await Translator.load(archive)
    await using second = await Translator.load(german)
    const ask = async (source: string, target: string) =>
      (await server.post('/translate', { q: LINE, source, target })).json.translatedText
    const english = await first.translate(LINE)
    expect(await ask('fr', 'en')).toBe(english.text)
    const through = await pivot([first, second], LINE)
    expect(through.text).toBe((await second.translate(english.text)).text)
    expect(await ask('fr', 'de')).toBe(through.text)
    const many = await pivot([first, second], [LINE, ''])
    expect(many.map(({ text }) => text)).toEqual([through.text, ''])
  })

  test('refuses a pair that no two packages join', async () => {
    const { status, json } = await server.post('/translate', { q: LINE, source: 'de', target: 'fr' })
    expect([status, json]).toEqual([400, { error: 'fr is not supported' }])
  })
})

describe('a pair that English joins', () => {
  const fromFrench = { source: 'fr', target: 'de' }
  let expected: string
  let english: string
  beforeAll(async () => {
    await using first = await Translator.load(archive)
    await using second = await Translator.load(german)
    english = (await first.translate(LINE)).text
    expected = (await second.translate(english)).text
    expect(expected).not.toBe(english)
  })

  test('is translated by /v1/translate, with the names of both models', async () => {
    const { json } = await server.post('/v1/translate', { text: [LINE, ''], ...fromFrench, alternatives: 2, beams: 4 })
    expect(json).toMatchObject({ model: 'fr-en + en-de', ...fromFrench })
    expect(json.translations.map(({ text }: { text: string }) => text)).toEqual([expected, ''])
    expect(json.translations[0].alternatives).toHaveLength(2)
  })

  test.each([
    ['one text', LINE],
    ['a list', [LINE, LINE]],
  ])('is streamed: %s', async (_, text) => {
    const { text: lines } = await server.post(
      '/v1/translate',
      { text, ...fromFrench },
      { accept: 'application/x-ndjson' },
    )
    const events = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.filter(({ event }) => event === 'translation').map((each) => each.text)).toEqual(
      [text].flat().map(() => expected),
    )
    expect(events.at(-1)).toMatchObject({ event: 'done', model: 'fr-en + en-de', ...fromFrench })
    if (text === LINE) {
      const pieces = events.filter(({ event }) => event === 'piece').map((each) => each.text)
      expect(pieces.join('')).toBe(expected)
    }
  })

  test.each([
    ['a glossary', { text: LINE, glossary: { nule: 'x' } }],
    ['a format with its sources', { text: 'msgid "a"\nmsgstr ""\n', format: 'po' }],
  ])('is refused with %s', async (_, asked) => {
    const { status, json } = await server.post('/v1/translate', { ...asked, ...fromFrench })
    expect([status, json.error.code]).toEqual([400, 'ERR_OPTION'])
    expect(json.error.message).toContain('fr-en + en-de')
  })

  test('is not scored, because no model has the pair', async () => {
    const pairs = [{ source: LINE, target: LINE }]
    const { status, json } = await server.post('/v1/score', { pairs, ...fromFrench })
    expect([status, json.error.code]).toEqual([400, 'ERR_OPTION'])
  })

  test('is translated in documents', async () => {
    const file = new File([`${LINE}\n`], 'line.txt')
    const { json, status } = await server.multipart('/v1/documents', [['file', file], ...Object.entries(fromFrench)])
    expect(status).toBe(202)
    await expect.poll(async () => (await server.get(`/v1/documents/${json.id}`)).json.status).toBe('done')
    expect((await server.get(`/v1/documents/${json.id}/result`)).text).toBe(`${expected}\n`)
  })

  test("is translated by DeepL's interface, tags included, but not with a glossary", async () => {
    const pair = { source_lang: 'FR', target_lang: 'DE' }
    const { json } = await server.post('/v2/translate', { text: [LINE, LINE], ...pair })
    const own = { detected_source_language: 'FR', text: expected }
    expect(json).toEqual({ translations: [own, own] })
    const tagged = await server.post('/v2/translate', { text: [`<p>${LINE}</p>`], ...pair, tag_handling: 'html' })
    expect(tagged.json.translations[0].text).toBe(`<p>${expected}</p>`)
    const languages = await server.get('/v2/languages?type=target')
    expect(languages.json.map(({ language }: { language: string }) => language)).toContain('DE')
    const nowhere = await server.post('/v2/translate', { text: [LINE], source_lang: 'DE', target_lang: 'FR' })
    expect([nowhere.status, nowhere.json.message]).toEqual([400, "Value for 'target_lang' not supported."])
  })
})

test('any two models are joined by the setting pivot', async () => {
  const models = {
    one: { folder: german, source: 'pt', target: 'it' },
    two: { folder: german, source: 'it', target: 'nl' },
  }
  await using joined = await startServer({ models, pivot: 'it', apis: ['libretranslate'] })
  const { json } = await joined.get('/languages')
  expect(json.find((each: { code: string }) => each.code === 'pt').targets).toEqual(['it', 'nl', 'pt'])
  const { status } = await joined.post('/translate', { q: LINE, source: 'pt', target: 'nl' })
  expect(status).toBe(200)
})

test('pivot takes translators alone', async () => {
  await expect(pivot([], 'a')).rejects.toMatchObject({ code: 'ERR_OPTION' })
})
