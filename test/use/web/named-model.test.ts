import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Translator as NodeTranslator } from '#dist/index.js'
import { Translator } from '#dist/use/web/index.js'
import { golden, readExpected } from '../../files/folders/ctranslate2/expected.ts'
import { HubServer } from '../../files/hub/hub-server.ts'
import { RegistryServer } from '../../files/registry/registry-server.ts'
import { browserPath, without } from '../../look/page/inspector.ts'
import { root } from '../../repository/repository.ts'
import { inPage, refusal, servePages } from './pages.ts'

const short = { beams: 1, maxTokens: 8, split: 'never' } as const
let server: RegistryServer

beforeAll(async () => {
  server = await new RegistryServer().start()
  server.wrong = (_, response) => {
    response.setHeader('access-control-allow-origin', '*')
    return false
  }
})
afterAll(() => server.stop())

const mirrors = () => ({ firefox: `${server.address}/db/models.json`, argos: `${server.address}/index.json` })
const load = (name: string, options: object = {}) =>
  Translator.load(name, { worker: false, download: true, mirrors: mirrors(), ...options })

/** What the same model translates in Node.js. */
async function inNode(name: string): Promise<string> {
  for (const [variable, value] of Object.entries(server.environment)) vi.stubEnv(variable, value)
  try {
    await using translator = await NodeTranslator.load(name, { workers: 1, download: true })
    return (await translator.translate('a b', short)).text
  } finally {
    vi.unstubAllEnvs()
  }
}

test.each(['firefox/fr-en', 'firefox/fr-en/tiny'])('%s is the model that Node.js takes by that name', async (name) => {
  const progress: { file: string; loaded: number; total: number | null }[] = []
  const page = await load(name, { progress: (each: (typeof progress)[number]) => progress.push(each) })
  expect(page.model.path).toBe(name === 'firefox/fr-en' ? 'firefox/fr-en/base-memory' : name)
  expect((await page.translate('a b', short)).text).toBe(await inNode(name))
  expect(page.model.defaults).toMatchObject({ beams: 1, maxLengthFactor: 2 })
  const last = progress.findLast(({ file }) => file.startsWith('model'))
  expect(last?.loaded).toBe(last?.total)
  await page.close()
})

test('argos/fr-en is the newest package of the index, and translates as Argos Translate does', async () => {
  server.addArgos(readFileSync(join(golden, 'translate-fr_en.argosmodel')))
  const page = await load('argos/fr-en', { precision: 'float32' })
  const { lines, texts } = readExpected(golden).argos
  const found = await page.translate(lines, { maxTokens: 24 })
  expect(found.map(({ text }) => text)).toEqual(texts)
  await page.close()
})

test('opus-mt/fr-en is the folder of Helsinki-NLP on the hub', async () => {
  const folder = join(root, 'models/fr-en')
  const files = Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]))
  const hub = await new HubServer(files, 'Helsinki-NLP/opus-mt-fr-en').start()
  try {
    const page = await load('opus-mt/fr-en', { mirrors: { hub: hub.address } })
    expect((await page.translate('Merci beaucoup.')).text).toBe('Thank you very much.')
    await page.close()
    await expect(load('opus-mt/de-en', { mirrors: { hub: hub.address } })).rejects.toMatchObject({ code: 'ERR_HUB' })
  } finally {
    await hub.stop()
  }
})

test.each([
  ['a model that is not kept', 'firefox/fr-en', { download: false }, 'ERR_FILE', 'download: true'],
  ['a pair that is not listed', 'firefox/fr-xx', {}, 'ERR_HUB', 'no model fr-xx'],
  [
    'a registry that is away',
    'firefox/fr-en',
    { mirrors: { firefox: 'http://localhost:1/a' } },
    'ERR_NETWORK',
    'mirrors',
  ],
  ['an unknown mirror', 'firefox/fr-en', { mirrors: { mozilla: 'https://a.b' } }, 'ERR_OPTION', 'firefoxFiles'],
])('%s is an error that says what to do', (_, name, options, code, message) =>
  expect(load(name, options)).rejects.toMatchObject({ code, message: expect.stringContaining(message) }),
)

test('a registry of another form is refused', () =>
  expect(load('argos/fr-en', { mirrors: { argos: mirrors().firefox } })).rejects.toMatchObject({
    code: 'ERR_HUB',
    message: expect.stringContaining('no list'),
  }))

test.each([
  ['a wrong hash', (file: { uncompressedHash: string }) => (file.uncompressedHash = 'a'.repeat(64)), 'SHA-256'],
  ['a size too small', (file: { uncompressedSize: number }) => (file.uncompressedSize = 100), 'more than 100 bytes'],
  ['a size too large', (file: { uncompressedSize: number }) => (file.uncompressedSize += 1), 'where the registry says'],
])('%s: nothing is loaded', async (_, spoil, message) => {
  const right = structuredClone(server.registry)
  spoil(server.registry.models['en-de'][0].files.model)
  try {
    await expect(load('firefox/en-de')).rejects.toMatchObject({
      code: 'ERR_CHECKSUM',
      message: expect.stringContaining(message),
    })
  } finally {
    server.registry = right
  }
})

describe.skipIf(!browserPath)(`in a browser${without}`, () => {
  test('is kept by its name, read without its registry, and removed by its name', { timeout: 120_000 }, async () => {
    const pages = await servePages()
    const browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
    try {
      const page = await browser.newPage()
      await page.goto(pages.url)
      const options = JSON.stringify({ download: true, mirrors: mirrors(), backend: 'js' })
      const first = await inPage<{ text: string; cache: object }>(
        page,
        `const translator = await Translator.load('firefox/fr-en/tiny', ${options})
         const { text } = await translator.translate('a b', ${JSON.stringify(short)})
         await translator.close()
         return { text, cache: translator.cache }`,
      )
      expect(first).toEqual({ text: await inNode('firefox/fr-en/tiny'), cache: { kept: true } })
      server.asked.length = 0
      const again = await inPage<string>(
        page,
        `const translator = await Translator.load('firefox/fr-en/tiny', { backend: 'js' })
         return (await translator.translate('a b', ${JSON.stringify(short)})).text`,
      )
      expect({ again, asked: server.asked }).toEqual({ again: first.text, asked: [] })
      await inPage(page, `await clearCache('firefox/fr-en')`)
      const missing = `Translator.load('firefox/fr-en/tiny', { backend: 'js' })`
      expect(await refusal(page, missing)).toMatchObject({ code: 'ERR_FILE' })
    } finally {
      await browser.close()
      pages.close()
    }
  })
})
