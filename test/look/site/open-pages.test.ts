import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { Encoder } from '#dist/use/encode/index.js'
import { root } from '../../repository/repository.ts'
import { browserPath } from '../page/inspector.ts'
import { siteInBrowser, violationsOf, withoutSite } from './site.ts'

const golden = join(root, 'test/golden')

describe.skipIf(withoutSite)(`the pages of speech and of sentences${withoutSite}`, () => {
  const site = siteInBrowser()
  beforeAll(() => {
    cpSync(join(golden, 'whisper-tiny'), join(site.folder, 'tiny'), { recursive: true })
    cpSync(join(golden, 'encoders/st-dense/model'), join(site.folder, 'st-dense'), { recursive: true })
  })

  /** Loads the model at an address in the site, as a visitor does. */
  async function load(page: Page, name: string): Promise<void> {
    await page.fill('#model-address', `${site.url}${name}/`)
    await page.click('.model-choice button')
    await page.locator('#state', { hasText: 'runs in this page' }).waitFor()
  }

  test.each([
    ['speech.html', /whisper-tiny \(151 MB, MIT\)/],
    ['sentences.html', /MiniLM-L6-v2 \(91 MB, Apache 2.0\)/],
  ])('%s asks no other host, and fetches no model before the visitor chooses one', async (file, offer) => {
    const asked: string[] = []
    const page = await site.open(file, {}, asked)
    expect(await page.textContent('.model-choice button')).toMatch(offer)
    expect(await page.textContent('#state')).toMatch(/Nothing is loaded/)
    await page.waitForTimeout(300)
    expect(asked.filter((each) => !each.startsWith(`GET ${site.url}`))).toEqual([])
    expect(asked.filter((each) => /config\.json|worker|wasm/.test(each))).toEqual([])
    await page.close()
  })

  test('two sentences of a link are as alike as Node.js finds them, word by word', async () => {
    const [a, b] = ['the cat sleeps', 'a dog runs']
    const page = await site.open(`sentences.html#${new URLSearchParams({ a: a!, b: b! })}`)
    await load(page, 'st-dense')
    await page.waitForSelector('#similarity')
    const encoder = await Encoder.load(join(golden, 'encoders/st-dense/model'), { backend: 'js', workers: 1 })
    const { similarity, first, second } = await encoder.alike(a!, b!)
    await encoder.close()
    expect(Number(await page.textContent('#similarity'))).toBeCloseTo(similarity, 2)
    const words = await page.locator('.share').evaluateAll((all) => all.map((word) => word.firstChild!.textContent))
    expect(words).toEqual([...first.words, ...second.words].map(({ word }) => word))
    const cells = await page.locator('.cosines td:not(:empty)').count()
    expect(cells).toBeGreaterThanOrEqual(9)
    await page.getByLabel('Sentence 2').fill(a!)
    await expect.poll(() => page.textContent('#similarity')).toBe('1.000')
    expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('b')).toBe(a)
    await page.close()
  })

  test('a file is heard and drawn, and one that is no sound is refused', async () => {
    const page = await site.open('speech.html')
    await load(page, 'tiny')
    const sound = join(golden, 'sound/speech.wav')
    await page.locator('input[accept]').setInputFiles(sound)
    await page.waitForSelector('svg.picture')
    // What a model of random weights writes is not the same twice: it falls back to sampling.
    expect((await page.textContent('#heard'))!.length).toBeGreaterThan(0)
    expect(await page.textContent('main')).toMatch(/0\.8 s of sound, at [\d.]+ times the speed/)
    expect(await page.locator('svg.picture image').count()).toBeGreaterThan(0)
    await page.locator('input[accept]').setInputFiles(join(golden, 'whisper-tiny/README.md'))
    await page.locator('[role=status]', { hasText: 'is known' }).waitFor()
    await page.close()
  })

  test('the microphone is heard while it speaks, until it is stopped', async () => {
    const browser = await chromium.launch({
      executablePath: browserPath!,
      args: ['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    })
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', ({ message }) => errors.push(message))
    await page.goto(`${site.url}speech.html`)
    await load(page, 'tiny')
    await page.getByRole('button', { name: 'Say something' }).click()
    await page.waitForSelector('svg.picture')
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('button', { name: 'Say something' }).waitFor()
    expect(errors).toEqual([])
    await browser.close()
  })

  test('have no violation that axe-core finds, and fit a phone', async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, bypassCSP: true }
    for (const [file, model] of [
      ['speech.html', 'tiny'],
      ['sentences.html', 'st-dense'],
    ] as const) {
      const page = await site.open(file, phone)
      await load(page, model)
      if (model === 'tiny') {
        await page.locator('input[accept]').setInputFiles(join(golden, 'sound/speech.wav'))
        await page.waitForSelector('svg.picture')
      } else await page.waitForSelector('.cosines')
      expect(await violationsOf(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth'), file).toBeLessThanOrEqual(390)
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${model}-390.png`, fullPage: true })
      await page.close()
    }
  })
})
