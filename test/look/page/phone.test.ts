import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { browserPath, drawn, inspector, without } from './inspector.ts'

describe.skipIf(!browserPath)(`the page on a phone of 390 pixels${without}`, () => {
  const { open } = inspector()
  let page: Page
  beforeAll(async () => {
    const source = encodeURIComponent('Le chat de la voisine dort devant la fenêtre.')
    page = await open(`machine?source=${source}`, { viewport: { width: 390, height: 844 }, hasTouch: true })
  })
  afterAll(() => page.close())

  const heightOf = async (selector: string) => (await page.locator(selector).boundingBox())!.height

  test('header and tabs have less than a fifth of the screen, and the tab that is open is in sight', async () => {
    expect(await heightOf('header')).toBeLessThan(844 / 5)
    await page.click('nav a:has-text("Experiment")')
    await drawn(page)
    const { x, width } = (await page.locator('nav [aria-current]').boundingBox())!
    expect(x).toBeGreaterThanOrEqual(0)
    expect(x + width).toBeLessThanOrEqual(390)
  })

  test('the machine begins in the upper half of the screen, its decoder above its encoder, in letters that can be read', async () => {
    await page.click('nav a:has-text("The whole machine")')
    await page.locator('.view.machine svg.picture').waitFor()
    expect((await page.locator('.view svg.picture').boundingBox())!.y).toBeLessThan(844 / 2)
    const sizes = await page
      .locator('.view svg.picture text')
      .evaluateAll((all) => all.map((text) => text.getBoundingClientRect().height))
    expect(Math.min(...sizes.filter((size) => size > 0))).toBeGreaterThan(9)
    const top = async (part: string) => (await page.locator(`svg [data-open="${part}"]`).first().boundingBox())!.y
    expect(await top('decoder.0.crossAttention')).toBeLessThan(await top('encoder.3.selfAttention'))
  })

  test('the lens, the neuron view and positions are seen whole', async () => {
    for (const view of ['lens', 'neuron', 'positions']) {
      const picture = page.locator(`.view.${view} svg.picture`).first()
      await page.click(`nav a[href*="view=${view}"]`)
      await picture.waitFor()
      const box = (await picture.boundingBox())!
      expect(box.x + box.width, view).toBeLessThanOrEqual(390)
    }
  })

  test('the sentence has room to be read in an exported file', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("Export")')])
    const saved = await page.context().browser()!.newPage()
    await saved.setViewportSize({ width: 390, height: 844 })
    const file = join(scratchFolder(), 'exported.html')
    await download.saveAs(file)
    await saved.goto(pathToFileURL(file).href)
    await drawn(saved)
    expect((await saved.locator('#source').boundingBox())!.width).toBeGreaterThan(200)
    await saved.close()
  })

  test('no view is wider than the screen', async () => {
    for (const title of await page.locator('nav a').allTextContents()) {
      await page.click(`nav a:has-text("${title}")`)
      await drawn(page)
      expect(await page.evaluate('document.documentElement.scrollWidth'), title).toBeLessThanOrEqual(390)
    }
  })
})
