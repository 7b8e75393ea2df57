import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { serve } from '#dist/service/serve/index.js'
import { languagesOf } from '#dist/service/serve/models/model-languages.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { root } from '../../repository/repository.ts'
import { quickest } from '../../use/translate/backend-names.ts'
import { startServer, type TestServer } from './server.ts'

const french = 'Je suis étudiant.'
const english = 'I am a student.'

describe('several models', () => {
  let server: TestServer
  beforeAll(async () => {
    // They take 7 to 10 MiB: one has room at a time.
    server = await startServer({
      models: { first: { folder: 'fr-en' }, 'en-fr': {}, again: { folder: 'fr-en' } },
      memory: 11,
    })
  })
  afterAll(() => server.close())

  const loaded = async () =>
    (await server.get('/v1/models')).json.models
      .filter(({ isLoaded }: { isLoaded: boolean }) => isLoaded)
      .map(({ name }: { name: string }) => name)

  it('are loaded on demand, by name or by languages; the least recently used are unloaded', async () => {
    expect(await loaded()).toEqual(['first'])
    const other = await server.post('/v1/translate', { text: english, target: 'fr' })
    expect([other.json.model, other.json.source, other.json.target]).toEqual(['en-fr', 'en', 'fr'])
    expect(await loaded()).toEqual(['en-fr'])
    expect((await server.post('/v1/translate', { text: french, model: 'again' })).json.model).toBe('again')
    expect(await loaded()).toEqual(['again'])
  })

  it('are loaded once for many requests, and each request has its answer where they have no room together', async () => {
    const asked = Array.from({ length: 12 }, (_, i) =>
      server.post('/v1/translate', { text: i % 2 ? english : french, model: i % 2 ? 'en-fr' : 'first', beams: 1 }),
    )
    const answers = await Promise.all(asked)
    expect(answers.map(({ json }) => json.model)).toEqual(asked.map((_, i) => (i % 2 ? 'en-fr' : 'first')))
    expect(new Set(answers.map(({ json }) => json.translations[0].text)).size).toBe(2)
    expect(await loaded()).toHaveLength(1)
  })

  it('are chosen by the language of the text, where the source is auto', async () => {
    const answer = await server.post('/v1/translate', { text: 'This is a sentence.', source: 'auto', target: 'fr' })
    expect(answer.json.source).toBe('en')
  })

  it('determine the languages that DeepL and LibreTranslate list', async () => {
    expect((await server.get('/v2/languages')).json.map(({ language }: { language: string }) => language)).toEqual([
      'EN',
      'FR',
    ])
    expect((await server.get('/languages')).json).toEqual([
      { code: 'fr', name: 'French', targets: ['en', 'fr'] },
      { code: 'en', name: 'English', targets: ['en', 'fr'] },
    ])
    const targets = await server.get('/v2/languages?type=target')
    expect(targets.json).toContainEqual({ language: 'FR', name: 'French', supports_formality: true })
  })
})

it('a server refuses models that exceed its memory, share a name, or do not exist', async () => {
  const refusal = (options: object) => serve({ port: 0, log: 'silent', ...options }).catch((error) => error)
  expect(await refusal({ memory: 1 })).toMatchObject({ code: 'ERR_MEMORY', message: expect.stringContaining('memory') })
  expect(await refusal({ models: ['fr-en', 'fr-en'] })).toMatchObject({ code: 'ERR_OPTION' })
  expect(await refusal({ models: ['./no-such-folder'] })).toMatchObject({ code: 'ERR_FILE' })
  expect(await refusal({ models: { 'a b': {} } })).toMatchObject({ code: 'ERR_OPTION' })
  expect(await refusal({ models: { 'fr-en': { beams: 2 } } })).toMatchObject({ code: 'ERR_OPTION' })
  expect(await refusal({ modles: [] })).toMatchObject({
    code: 'ERR_OPTION',
    message: expect.stringContaining('Did you mean models'),
  })
})

it('the languages of a model are those that its owner chooses among the supported ones', () => {
  const french = { source: ['fr'], target: ['en'] }
  const codes = (said: { source?: string; target?: string }) => {
    const { source, target } = languagesOf(join(root, 'models/fr-en'), said)
    return { source: source?.codes, target: target?.codes }
  }
  expect(codes({})).toEqual(french)
  expect(codes({ source: 'French' })).toEqual(french)
  expect(codes({ source: 'wln' })).toEqual({ source: ['wln'], target: ['en'] })
  const many = scratchFolder()
  cpSync(join(root, 'models/fr-en'), many, { recursive: true })
  const vocabulary = Object.entries(JSON.parse(readFileSync(join(many, 'vocab.json'), 'utf8')))
  const told = vocabulary.map(([piece, id]) => [id === 7000 ? '>>deu<<' : id === 7001 ? '>>eng<<' : piece, id])
  writeFileSync(join(many, 'vocab.json'), JSON.stringify(Object.fromEntries(told)))
  expect(languagesOf(many, {}).target).toEqual({ codes: ['deu', 'eng'], isTold: true })
  expect(languagesOf(many, { target: 'English' }).target!.codes).toEqual(['eng'])
  expect(() => languagesOf(many, { target: 'Klingon' })).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining("no language 'Klingon'") }),
  )
})

it('a server takes a translator that is loaded already, and leaves it open', async () => {
  await using translator = await Translator.load(undefined, { backend: quickest })
  const server = await startServer({ models: { mine: translator } })
  expect((await server.post('/v1/translate', { text: 'Oui.' })).json.translations[0].text).toBe('Yes.')
  await server.close()
  expect((await translator.translate('Oui.')).text).toBe('Yes.')
})
