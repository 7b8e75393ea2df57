import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inspectedModels } from '#dist/cli/inspect/inspected-model.js'
import { type InspectorServer, serveInspector } from '#dist/cli/inspect/server.js'
import { Translator } from '#dist/index.js'
import { browserPath, watch, without } from './inspector.ts'

const model = fileURLToPath(new URL('../../golden/more/gpt2-text/model', import.meta.url))

describe.skipIf(!browserPath)(`a decoder alone on the page${without}`, () => {
  const complaints: string[] = []
  let translator: Translator
  let server: InspectorServer
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    translator = await Translator.load(model, { workers: 1 })
    server = await serveInspector({ models: inspectedModels([translator]), source: 'He was', port: 0 })
    browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.setDefaultTimeout(20_000)
    watch(page, complaints)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await translator?.close()
    expect(complaints).toEqual([])
  })

  const views = ['machine', 'attention', 'heads', 'neuron', 'decoding', 'beams', 'positions', 'lens', 'experiment']
  it.each(views)('draws the view %s', async (view) => {
    await page.goto(`${server.url}#${view}`)
    await page.locator('main svg').first().waitFor()
    expect(await page.locator('[id="strip-source"]').textContent()).toBe('Prompt')
  })

  it('marks which tokens of a draft were chosen', async () => {
    await page.goto(`${server.url}#decoding`)
    await page.locator('input[name="draft"]').fill('was andent to rime.')
    await page.locator('input[name="draft"]').press('Enter')
    await page.locator('[data-draft]').first().waitFor({ state: 'attached' })
    expect(await page.locator('[data-draft="accepted"], [data-draft="refused"]').count()).toBeGreaterThan(0)
  })
})
