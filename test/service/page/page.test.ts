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

  async function open(): Promise<Page> {
    const page = await browser.newPage()
    page.setDefaultTimeout(20_000)
    watch(page, complaints)
    await page.goto(`${server.url}/docs`)
    await page.waitForSelector('details')
    return page
  }

  test('translates with a key, and names the models', async () => {
    const page = await open()
    await page.click('button[type=submit]')
    await expect.poll(() => page.textContent('#translation')).toMatch(/^401 /)
    await page.fill('input[type=password]', 'secret-key')
    await page.press('input[type=password]', 'Tab')
    await page.waitForSelector('option', { state: 'attached' })
    expect(await page.textContent('option')).toMatch(/\(fr → en\)$/)
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

  test('has every route of the description, and sends requests', async () => {
    const page = await open()
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

  test('has no faults that axe finds', async () => {
    const page = await open()
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] }
    expect(violations.map(({ id }) => id)).toEqual([])
    await page.close()
  })
})
