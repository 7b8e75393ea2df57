import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keysIn, readKeys } from '#dist/service/serve/access/keys.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { startServer, type TestServer } from './server.ts'

const folder = scratchFolder()
const file = join(folder, 'keys.txt')
writeFileSync(file, '# who may\nright\nother theirs # a remark\nsmall trial 10\n')

let server: TestServer
beforeAll(async () => {
  mkdirSync(join(folder, 'glossaries'))
  server = await startServer({ keys: file, glossaries: join(folder, 'glossaries') })
})
afterAll(() => server.close())

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const deepl = (key: string) => ({ authorization: `DeepL-Auth-Key ${key}` })

describe('a server with keys', () => {
  it('answers requests with a key, in each of its forms', async () => {
    expect((await server.post('/v1/translate', { text: 'Oui.' }, bearer('right'))).status).toBe(200)
    expect((await server.post('/v2/translate', { text: 'Oui.', target_lang: 'EN' }, deepl('other'))).status).toBe(200)
    const libre = { q: 'Oui.', source: 'fr', target: 'en', api_key: 'right' }
    expect((await server.post('/translate', libre)).status).toBe(200)
    expect((await server.post('/translate?api_key=right', { ...libre, api_key: '' })).status).toBe(200)
  })

  it('refuses other requests, each interface in its form', async () => {
    for (const headers of [{}, bearer('wrong'), bearer(''), { authorization: 'right' }]) {
      const own = await server.post('/v1/translate', { text: 'Oui.' }, headers as Record<string, string>)
      expect([own.status, own.json.error.code, own.headers.get('www-authenticate')]).toEqual([401, 'ERR_KEY', 'Bearer'])
    }
    const theirs = await server.post('/v2/translate', { text: 'Oui.', target_lang: 'EN' }, deepl('wrong'))
    expect([theirs.status, theirs.json]).toEqual([403, { message: expect.stringMatching(/key/) }])
    const libre = await server.post('/translate', { q: 'Oui.', source: 'fr', target: 'en', api_key: 'wrong' })
    expect([libre.status, libre.json]).toEqual([403, { error: expect.stringMatching(/key/) }])
    expect((await server.get('/metrics')).status).toBe(401)
    expect((await server.get('/metrics', bearer('right'))).status).toBe(200)
  })

  it('shows health and models without a key', async () => {
    for (const path of ['/health', '/ready', '/openapi.json', '/docs'])
      expect((await server.get(path)).status, path).toBe(200)
  })

  it('refuses requests beyond the quota of a key, with 456', async () => {
    const ask = (text: string) => server.post('/v2/translate', { text, target_lang: 'EN' }, deepl('small'))
    expect((await ask('Oui.')).status).toBe(200)
    const answer = await ask('Je suis étudiant.')
    expect([answer.status, answer.json]).toEqual([456, { message: expect.stringMatching(/quota/) }])
    expect((await server.get('/v2/usage', deepl('small'))).json).toEqual({ character_count: 4, character_limit: 10 })
    expect((await server.post('/v1/translate', { text: 'Je suis étudiant.' }, bearer('small'))).json.error.code).toBe(
      'ERR_QUOTA',
    )
  })

  it('shows a glossary only to its key, and stores it in its folder', async () => {
    const fields = { name: 'g', source_lang: 'fr', target_lang: 'en', entries: 'a\tb' }
    const { glossary_id } = (await server.post('/v2/glossaries', fields, deepl('right'))).json
    expect((await server.get(`/v2/glossaries/${glossary_id}`, deepl('other'))).status).toBe(404)
    expect((await server.get('/v2/glossaries', deepl('other'))).json).toEqual({ glossaries: [] })
    await using later = await startServer({ keys: file, glossaries: join(folder, 'glossaries'), apis: ['deepl'] })
    expect((await later.get(`/v2/glossaries/${glossary_id}/entries`, deepl('right'))).text).toBe('a\tb')
  })
})

it('keys are read from a file and from the environment; a file without any would open the server, and is refused', () => {
  const keys = readKeys(file, 'mine, yours')
  expect(['right', 'mine', 'yours', 'rigHt', ''].map((key) => keys.find(key)?.name)).toEqual([
    'key-27042f4e6eca', // the first digits of `printf right | sha256sum`
    'key-3fd30542fe3f',
    'key-5eb2da9c26b6',
    undefined,
    undefined,
  ])
  expect(readKeys(undefined, '').areNeeded).toBe(false)
  writeFileSync(join(folder, 'none.txt'), '# nothing\n')
  expect(() => readKeys(join(folder, 'none.txt'), '')).toThrow(/no key/)
  for (const text of ['a b c', 'a b 1 d', 'a\na', 'a b\nc b', 'a priority=11', 'a glossaries=-1'])
    expect(() => keysIn(text, 'keys')).toThrow(/keys: line \d/)
  expect([...keysIn('a b 1 priority=5 glossaries=2 # c\nd priority=-1', 'keys').values()]).toEqual([
    { name: 'b', characters: 1, priority: 5, glossaries: 2 },
    expect.objectContaining({ characters: null, priority: -1, glossaries: null }),
  ])
  for (const blank of [' , ', '\n', ',']) expect(() => readKeys(undefined, blank)).toThrow(/no key/)
})
