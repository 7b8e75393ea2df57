import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pull, Translator } from '#dist/index.js'
import { serve } from '#dist/service/serve/index.js'
import { Translator as WebTranslator } from '#dist/use/web/index.js'
import { glassformer } from '../../cli/command.ts'
import { root } from '../../repository/repository.ts'
import { golden, readExpected } from '../folders/ctranslate2/expected.ts'
import { HubServer } from '../hub/hub-server.ts'
import { RegistryServer } from './registry-server.ts'

const archive = join(golden, 'translate-fr_en.argosmodel')
let server: RegistryServer

beforeEach(async () => {
  server = await new RegistryServer().start()
  for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server.stop()
})

const run = (args: string[], env = {}) => glassformer(args, '', { ...server.environment, ...env })

test('argos/fr-en is the newest package of the index, and translates as Argos Translate does', async () => {
  server.addArgos(readFileSync(archive))
  const { code, stdout } = await run(['pull', 'argos/fr-en'])
  expect({ code, last: stdout.trim().split('\n').at(-1) }).toMatchObject({ code: 0 })
  await using translator = await Translator.load('argos/fr-en', { precision: 'float32', workers: 1 })
  const { lines, texts } = readExpected(golden).argos
  const found = await translator.translate(lines, { maxTokens: 24 })
  expect(found.map(({ text }) => text)).toEqual(texts)
  expect((await run(['models', '--installed'])).stdout).toContain('argos/fr-en/1.9')
  expect((await run(['models', 'remove', 'argos/fr-en'])).stdout).toBe('removed argos/fr-en/1.9\n')
})

test('a package of Argos that is no package is refused, and nothing is left', async () => {
  server.addArgos(readFileSync(archive))
  server.files['translate-fr_en-1_9.argosmodel'] = Buffer.from('no archive')
  const { code, stderr } = await run(['pull', 'argos/fr-en'])
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/ERR_(MODEL_FORMAT|UNSUPPORTED)/) })
  expect((await run(['models', '--installed'])).stdout).toBe('')
})

test('opus-mt/fr-en is the model of the hub by Helsinki-NLP, and is served by that name', async () => {
  const folder = join(root, 'models/fr-en')
  const files = Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]))
  const hub = await new HubServer(files, 'Helsinki-NLP/opus-mt-fr-en').start()
  vi.stubEnv('HF_ENDPOINT', hub.address)
  try {
    await pull('opus-mt/fr-en')
    const running = await serve({ models: ['opus-mt/fr-en'], port: 0, load: { workers: 1 } })
    try {
      const body = JSON.stringify({ q: 'Merci.', source: 'fr', target: 'en' })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${running.url}/translate`, { method: 'POST', headers, body })
      expect(await answer.json()).toMatchObject({ translatedText: expect.stringContaining('hank') })
    } finally {
      await running.close()
    }
  } finally {
    await hub.stop()
  }
})

test('a server downloads a model by its name where that is allowed, and says the command otherwise', async () => {
  const missing = serve({ models: ['firefox/fr-en'], port: 0, load: { workers: 1 } })
  await expect(missing).rejects.toThrow('glassformer pull firefox/fr-en')
  const running = await serve({ models: ['firefox/fr-en'], port: 0, load: { workers: 1, download: true } })
  try {
    const languages = await (await fetch(`${running.url}/languages`)).json()
    expect(languages).toContainEqual(expect.objectContaining({ code: 'fr', targets: expect.arrayContaining(['en']) }))
  } finally {
    await running.close()
  }
})

test.each([
  ['firefox', 'GLASSFORMER_FIREFOX_REGISTRY'],
  ['argos', 'GLASSFORMER_ARGOS_REGISTRY'],
])('where the registry of %s cannot be reached, the error names %s', async (source, variable) => {
  const { code, stderr } = await run(['pull', `${source}/fr-en`], { [variable]: 'http://nobody.invalid/list.json' })
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^glassformer: ERR_NETWORK: /) })
  expect(stderr).toContain(variable)
  expect(stderr).not.toContain('HF_ENDPOINT')
})

test('a pulled model becomes a folder that a page loads by its URL', async () => {
  const folder = join(server.folder, 'public')
  await run(['pull', 'firefox/fr-en/tiny'])
  const { code, stderr } = await run(['quantize', 'firefox/fr-en/tiny', '--to', 'int8', '--output', folder])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const files = readdirSync(folder).map((name) => new File([readFileSync(join(folder, name))], name))
  const page = await WebTranslator.load(files, { worker: false })
  await using here = await Translator.load('firefox/fr-en/tiny', { workers: 1 })
  const options = { beams: 1, maxTokens: 8, split: 'never' } as const
  expect((await page.translate('a b', options)).text).toBe((await here.translate('a b', options)).text)
  await page.close()
})
