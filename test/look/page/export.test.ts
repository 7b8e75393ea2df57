import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { glassformer } from '../../cli/command.ts'
import { browserPath, inspector, shownPiece, watch, without } from './inspector.ts'

const views = ['machine', 'attention', 'heads', 'neuron', 'decoding', 'beams', 'positions', 'lens', 'experiment']

describe.skipIf(!browserPath)(`an exported file${without}`, () => {
  const all = inspector()
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-export-'))
  const file = join(folder, 'inside.html')

  test('shows every view from disk, offline, and names the actions that need the model', async () => {
    const { code, stderr } = await glassformer(['inspect', 'Il fait beau.', '--export', file])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const complaints: string[] = []
    const page = await all.browser.newPage()
    watch(page, complaints)
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    await page.context().setOffline(true)
    await page.goto(pathToFileURL(file).href)
    for (const view of views) {
      await page.click(`nav a[href*="view=${view}"]`)
      await page.locator(`.view.${view} :is(svg.picture, .token)`).first().waitFor()
      expect(await page.locator('.stopped').count()).toBe(0)
    }
    for (const kind of ['encoder', 'decoder', 'cross'])
      for (const view of ['heads', 'attention', 'neuron']) {
        await page.goto(`${pathToFileURL(file).href}#${view}?kind=${kind}&layer=1`)
        await page.locator(`.view.${view} svg.picture`).first().waitFor()
        expect(await page.locator('.stopped').count()).toBe(0)
      }
    await page.goto(`${pathToFileURL(file).href}#beams`)
    await page.locator('.view.beams svg.picture').waitFor()
    expect(await page.getAttribute('svg.picture', 'aria-label')).toBe('Beam search with 4 beams')
    expect(await page.locator('.controls [aria-pressed="true"]').allTextContents()).toEqual(['4'])
    expect(await page.locator('.controls button:disabled').allTextContents()).toEqual([
      '1',
      '2',
      '3',
      '5',
      '6',
      '7',
      '8',
    ])
    expect(await page.inputValue('#source')).toBe('Il fait beau.')
    expect(await page.isDisabled('form.source button')).toBe(true)
    expect(await page.textContent('header')).toContain('need the model')
    await page.goto(`${pathToFileURL(file).href}#machine?source=Autre.`)
    await page.locator('.stopped').waitFor()
    expect(await page.textContent('.stopped')).toContain('glassformer inspect')
    expect(requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([])
    expect(complaints).toEqual([])
    await page.close()
  })

  test('runs the model for any sentence, once it is given its folder', async () => {
    const source = 'Je mange une pomme rouge.'
    const complaints: string[] = []
    const page = await all.browser.newPage()
    watch(page, complaints)
    await page.goto(pathToFileURL(file).href)
    await page.setInputFiles(
      '.model-loader input[type=file]',
      fileURLToPath(new URL('../../../models/fr-en', import.meta.url)),
    )
    await page.locator('text=runs in this page').waitFor()
    await page.fill('#source', source)
    await page.click('form.source button')
    await page.locator('.strips', { hasText: 'pomme' }).waitFor()
    const { target } = await all.translator.inspect(source)
    expect((await page.textContent('.strips'))!).toContain(target.tokens.map(shownPiece).join(''))
    for (const view of ['attention', 'neuron', 'beams', 'lens']) {
      await page.click(`nav a[href*="view=${view}"]`)
      await page.locator(`.view.${view} :is(svg.picture, .token)`).first().waitFor()
      expect(await page.locator('.stopped').count()).toBe(0)
    }
    expect(complaints).toEqual([])
    await page.close()
  })

  test('shows why a model could not be loaded', async () => {
    const page = await all.browser.newPage()
    await page.goto(pathToFileURL(file).href)
    await page.fill('#model-url', 'http://localhost:1/fr-en')
    await page.click('.model-loader button')
    await page.locator('.model-loader', { hasText: 'cannot fetch http://localhost:1/fr-en/config.json' }).waitFor()
    await page.close()
  })

  test('is saved by the page in its present state, with all changes', async () => {
    const complaints: string[] = []
    const page = await all.open('experiment?off=decoder.1.crossAttention:0&source=Merci.')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("Export")')])
    await download.saveAs(file)
    const saved = await all.browser.newPage()
    watch(saved, complaints)
    await saved.goto(pathToFileURL(file).href)
    await saved.locator('.view.experiment .token').first().waitFor()
    expect(await saved.inputValue('#source')).toBe('Merci.')
    const textOf = async (shown: typeof page) => (await shown.locator('.view.experiment').textContent())!
    expect((await textOf(saved)).length).toBeGreaterThan(100)
    expect(complaints).toEqual([])
    await saved.close()
    rmSync(folder, { recursive: true })
  })
})
