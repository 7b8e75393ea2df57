import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleOf } from '../../../src/service/page/openapi.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { browserPath, watch, without } from '../../look/page/inspector.ts'
import { startServer, type TestServer } from '../serve/server.ts'

describe('the example of a schema', () => {
  test.each([
    [{ type: 'string' }, '', 'Oui.'],
    [{ type: 'string' }, 'text', 'Je suis étudiant.'],
    [{ type: 'array', items: { type: 'integer' } }, 'ids', [0]],
    [{ anyOf: [{ enum: ['html', 'text'] }, { type: 'boolean' }] }, 'format', 'html'],
    [{ type: 'object', properties: { a: { type: 'boolean' }, b: {} }, required: ['a'] }, '', { a: false }],
  ])('%j named “%s” is %j', (schema, name, expected) => expect(exampleOf(schema, name)).toEqual(expected))
})

describe.skipIf(!browserPath)(`the page of a server${without}`, () => {
  let browser: Browser
  let server: TestServer
  const complaints: string[] = []

  beforeAll(async () => {
    const keys = join(scratchFolder(), 'keys.txt')
    writeFileSync(keys, 'secret-key mine\n')
    server = await startServer({ keys })
    browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    expect(complaints).toEqual([])
  })

  async function open(tab = '', viewport = { width: 1280, height: 900 }): Promise<Page> {
    const page = await browser.newPage({ viewport })
    page.setDefaultTimeout(20_000)
    watch(page, complaints)
    await page.goto(`${server.url}/docs${tab}`)
    await page.waitForSelector('details', { state: 'attached' })
    return page
  }

  test('translates with a key, and names the models', async () => {
    const page = await open()
    await page.click('button[type=submit]')
    await expect.poll(() => page.textContent('#translation')).toMatch(/^401 /)
    await page.fill('input[type=password]', 'secret-key')
    await page.press('input[type=password]', 'Tab')
    await page.waitForSelector('option[value="fr"]', { state: 'attached' })
    expect(await page.locator('form').first().locator('[name=model] option').allTextContents()).toEqual([
      'by the languages',
      expect.stringMatching(/\(fr → en\)$/),
    ])
    await page.fill('#text', 'Je suis étudiant.')
    await page.click('button[type=submit]')
    await expect.poll(() => page.textContent('#translation')).toBe('I am a student.')
    await expect.poll(() => page.textContent('.confidence')).toMatch(/^Confidence \d+ %/)
    expect(await page.locator('#translation mark').count()).toBe(0)
    await page.fill('#text', 'Le bistroquet zinzinule des fariboles.')
    await page.click('button[type=submit]')
    await page.waitForSelector('#translation mark')
    expect(await page.getAttribute('#translation mark', 'title')).toMatch(/^right with a probability of \d+ %$/)
    await page.close()
  })

  const withKey = async (page: Page) => {
    await page.fill('input[type=password]', 'secret-key')
    await page.press('input[type=password]', 'Tab')
    await page.waitForSelector('option[value="fr"]', { state: 'attached' })
  }

  test('is a translator first: languages by their names, others beside the best; routes on another tab', async () => {
    const page = await open()
    await withKey(page)
    const form = page.locator('form').first()
    expect(await form.locator('[name=source] option').allTextContents()).toEqual(['Detect the language', 'French (fr)'])
    expect(await form.locator('[name=target] option').allTextContents()).toEqual(['English (en)'])
    expect(await page.locator('summary').first().isVisible()).toBe(false)
    expect(await form.locator('.swap').isDisabled()).toBe(true)
    await form.locator('[name=source]').selectOption('fr')
    await page.fill('#text', 'Je mange une pomme.')
    await page.check('[name=alternatives]')
    await form.locator('button[type=submit]').click()
    await page.waitForSelector('.alternatives li')
    const best = await page.textContent('#translation')
    const others = await page.locator('.alternatives li').allTextContents()
    expect(others.length).toBeGreaterThan(1)
    expect(others).not.toContain(best)
    await page.click('nav a:has-text("Routes")')
    expect(await page.locator('summary').first().isVisible()).toBe(true)
    await page.close()
  })

  test('translates a document, which can then be saved', async () => {
    const page = await open()
    await withKey(page)
    const buffer = Buffer.from('<p>Je suis étudiant.</p>')
    await page.setInputFiles('[name=file]', { name: 'page.html', mimeType: 'text/html', buffer })
    await page.click('button:has-text("Translate the document")')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("Save page.html")')])
    expect(readFileSync(await download.path(), 'utf8')).toBe('<p>I am a student.</p>')
    await page.close()
  })

  test('fits a phone of 390 pixels', async () => {
    const page = await open('', { width: 390, height: 844 })
    await withKey(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    expect((await page.locator('#text').boundingBox())!.width).toBeGreaterThan(300)
    await page.close()
  })

  test('has every route of the description, and sends requests', async () => {
    const page = await open('#routes')
    const { json } = await server.get('/openapi.json')
    const routes = Object.entries<object>(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(await page.locator('summary code').allTextContents()).toEqual(routes)
    const health = page.locator('details', { hasText: 'GET /health' })
    await health.locator('summary').click()
    await health.locator('button').click()
    await expect.poll(() => health.locator('pre').textContent()).toMatch(/^200 OK\n\{/)
    const translate = page.locator('details', { hasText: 'POST /v1/translate' }).first()
    await translate.locator('summary').click()
    await translate.locator('button').click()
    await expect.poll(() => translate.locator('pre').textContent()).toMatch(/^401 /)
    await page.fill('input[type=password]', 'secret-key')
    await page.press('input[type=password]', 'Tab')
    await translate.locator('button').click()
    await expect.poll(() => translate.locator('pre').textContent()).toContain('I am a student.')
    await page.close()
  })

  test.each(['#translate', '#routes'])('has no faults that axe finds on %s', async (tab) => {
    const page = await open(tab)
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] }
    expect(violations.map(({ id }) => id)).toEqual([])
    await page.close()
  })
})
