import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pull, Translator, translateBetween } from '#dist/index.js'
import { serve } from '#dist/service/serve/index.js'
import { RegistryServer } from './registry-server.ts'

let server: RegistryServer

beforeEach(async () => {
  server = await new RegistryServer().start()
  for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server.stop()
})

test('Translator.load takes a name, which download: true fetches, and otherwise says the command', async () => {
  await expect(Translator.load('firefox/fr-en')).rejects.toThrow('npx glassformer pull firefox/fr-en')
  const translator = await Translator.load('firefox/fr-en', { download: true, workers: 1 })
  expect(translator.model.path).toContain('base-memory')
  await translator.close()
})

test('translateBetween goes by way of English and names the models', async () => {
  await expect(translateBetween('a', { from: 'fr', to: 'de' })).rejects.toThrow('pull firefox/en-de')
  await pull('firefox/fr-en/tiny')
  await pull('firefox/en-de')
  const { translation, models } = await translateBetween(['a b', 'c'], { from: 'fr', to: 'de', load: { workers: 1 } })
  expect(models).toEqual(['firefox/fr-en/tiny', 'firefox/en-de/tiny'])
  expect(translation).toHaveLength(2)
})

test('serve --pairs firefox: LibreTranslate and DeepL list the pairs, and requests go by way of English', async () => {
  await pull('firefox/fr-en')
  await pull('firefox/en-de')
  const running = await serve({ pairs: 'firefox', port: 0, load: { workers: 1 } })
  try {
    const get = async (path: string) => (await fetch(`${running.url}${path}`)).json()
    const languages = (await get('/languages')) as { code: string; targets: string[] }[]
    expect(languages.find(({ code }) => code === 'fr')!.targets).toEqual(expect.arrayContaining(['en', 'de']))
    const targets = (await get('/v2/languages?type=target')) as { language: string }[]
    expect(targets.map(({ language }) => language.slice(0, 2))).toEqual(expect.arrayContaining(['DE', 'EN']))
    const body = JSON.stringify({ q: 'a b', source: 'fr', target: 'de' })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${running.url}/translate`, { method: 'POST', headers, body })
    expect(await answer.json()).toMatchObject({ translatedText: expect.any(String) })
  } finally {
    await running.close()
  }
})
