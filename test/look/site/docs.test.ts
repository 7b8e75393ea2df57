import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { siteInBrowser, violationsOf, withoutSite } from './site.ts'

describe.skipIf(withoutSite)(`the docs of the site${withoutSite}`, () => {
  const site = siteInBrowser([])
  const asked: string[] = []
  let page: Page

  beforeAll(async () => {
    page = await site.open('docs/index.html', {}, asked)
  }, 120_000)

  test('are every page of docs/, whose links and pictures are in the site or lead to the repository', () => {
    const docs = join(site.folder, 'docs')
    const files = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
    expect(files.length).toBeGreaterThan(40)
    const broken = files.flatMap((file) => {
      const html = readFileSync(join(docs, file), 'utf8')
      const links = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => link!)
      const here = links.filter((link) => !/^(\w+:|#)/.test(link)).map((link) => link.split('#')[0]!)
      return here.filter((link) => !existsSync(join(docs, dirname(file), link))).map((link) => `${file}: ${link}`)
    })
    expect(broken).toEqual([])
  })

  test('are searched without a server, by the beginning of a word too', async () => {
    await page.fill('#search', 'beam sear')
    await page.locator('#found a', { hasText: /beam/i }).first().waitFor()
    await page.fill('#search', 'drag drop nowhere')
    await expect.poll(() => page.locator('#found li').count()).toBe(0)
    await page.fill('#search', 'quantize')
    await page.locator('#found a').first().click()
    await page.locator('.docs main h2, .docs main h1').first().waitFor()
    expect(new URL(page.url()).pathname).toMatch(/\/below\/this\/docs\/.+\.html$/)
    await page.fill('#search', 'beams')
    await page.locator('#found a').first().waitFor()
  })

  test('run an example in the page', async () => {
    await page.goto(`${site.url}docs/index.html`)
    await page.fill('#example [name=text]', 'Merci.')
    await page.click('#example button')
    await page.locator('#printed', { hasText: /thank/i }).waitFor()
    expect(asked.filter((request) => !request.startsWith(`GET ${site.url}`))).toEqual([])
  })

  test('have no violation that axe-core finds, and fit a phone', async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, bypassCSP: true }
    for (const path of ['docs/index.html', 'docs/browser.html', 'docs/api/web.html']) {
      const small = await site.open(path, phone)
      await small.locator('.docs main h1').waitFor()
      expect(await violationsOf(small)).toEqual([])
      expect(await small.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(390)
      await small.close()
    }
  })
})
