import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../repository/repository.ts'
import { BELOW, siteInBrowser, violationsOf, withoutSite } from './site.ts'

describe.skipIf(withoutSite)(`the site's front page on a phone, below a path of its host${withoutSite}`, () => {
  const site = siteInBrowser()
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true }
  const requests: string[] = []
  let page: Page
  let sent = 0

  beforeAll(async () => {
    page = await site.open('index.html#s=Je+suis+professeur.', phone, requests)
    await page.waitForSelector('#attention svg', { timeout: 60_000 })
    sent = site.sent()
  }, 120_000)

  test('translates the sentence of its address, and draws its attention', async () => {
    expect(await page.textContent('#target')).toMatch(/teacher|professor/)
    expect(await page.textContent('#attention')).toContain('professeur')
    expect(await page.textContent('#state')).toContain('WebAssembly')
  })

  test('writes a typed sentence to its address', async () => {
    await page.fill('#source', 'Merci.')
    await page.waitForFunction(() => /thank/i.test(document.getElementById('target')!.textContent!))
    expect(new URL(page.url()).hash).toContain('s=Merci.')
  })

  test('needs at most 10 MB of the host, and asks no other host', async () => {
    expect(sent).toBeLessThan(10e6)
    expect(requests.filter((url) => !url.startsWith(`GET ${site.url}`))).toEqual([])
    expect(requests.filter((url) => url.endsWith('.wasm'))).toHaveLength(1)
  })

  test('fetches the model once, and finds it in the browser’s cache afterwards', async () => {
    const before = requests.length
    await page.reload()
    await page.waitForSelector('#attention svg')
    expect(await page.textContent('#state')).toContain('kept')
    expect(requests.slice(before).filter((url) => url.endsWith('.pack'))).toEqual([])
  })

  test('has a policy that lets no text be run as code, but for WebAssembly', async () => {
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content')
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';")
    expect(policy).not.toContain("'unsafe-eval'")
  })

  test('fits the phone, and links to files beside it alone', async () => {
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    const links = await page.locator('nav a').evaluateAll((all) => all.map((link) => link.getAttribute('href')!))
    expect(links.every((link) => link.startsWith('./'))).toBe(true)
    expect(BELOW).toBe(new URL('.', page.url()).pathname)
  })

  test('is measured: first paint, translation and attention of two visits, the second without the model', async () => {
    const script = ['--import', './scripts/typescript.mjs', 'scripts/site/times.ts', site.folder]
    const { stdout } = await promisify(execFile)(process.execPath, script, { cwd: root })
    const rows = stdout.split('\n').flatMap((line) => /^\| (?:first|second) \| (.+) \|$/.exec(line)?.[1] ?? [])
    const [first, second] = rows.map((row) => row.split(' | ').map(Number))
    for (const [paint, translation, attention] of [first!, second!]) {
      expect(paint).toBeGreaterThan(0)
      expect(translation).toBeGreaterThan(0)
      expect(attention).toBeGreaterThanOrEqual(translation!)
    }
    expect(first![3]).toBeLessThan(10)
    expect(second![3]).toBeLessThan(1)
  }, 120_000)

  test('has no violation that axe-core finds, in light and dark', async () => {
    const checked = await site.open('index.html#s=Merci.', { ...phone, bypassCSP: true })
    await checked.waitForSelector('#attention svg')
    expect(await violationsOf(checked)).toEqual([])
    await checked.close()
  })
})
