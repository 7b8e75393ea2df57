import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { siteServer } from '../../../scripts/site/server.ts'
import { root } from '../../repository/repository.ts'
import { BELOW, inspectorViews } from './site.ts'

/** The part of puppeteer-core that is called here: playwright-core drives patched builds of Firefox alone. */
interface Page {
  setViewport(size: { width: number; height: number }): Promise<void>
  goto(url: string): Promise<unknown>
  waitForSelector(selector: string): Promise<unknown>
  waitForFunction(expression: string): Promise<unknown>
  click(selector: string): Promise<void>
  type(selector: string, text: string): Promise<void>
  evaluate(expression: string): Promise<unknown>
  $(selector: string): Promise<{ uploadFile(path: string): Promise<void> } | null>
  on(event: 'pageerror' | 'console', listener: (event: Complaint) => void): void
  setDefaultTimeout(milliseconds: number): void
  close(): Promise<void>
}
type Complaint = Error & { type?(): string; text?(): string }
interface Browser {
  newPage(): Promise<Page>
  close(): Promise<void>
}

const PUPPETEER = 'puppeteer-core@24.16.0'
const executablePath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['firefox', 'firefox-esr'].map((name) => join(folder, name)))
  .find((path) => existsSync(path))
const lacks = !executablePath
  ? 'there is no Firefox on PATH'
  : existsSync(join(root, 'wasm/glassformer.wasm'))
    ? null
    : 'WebAssembly is not built; npm run prebuilds -- --only wasm builds it'

describe.skipIf(lacks)(`the site in Firefox${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-firefox-'))
  const golden = join(root, 'test/golden')
  const server = siteServer(join(folder, 'site'), { below: BELOW })
  const complaints: string[] = []
  let url: string
  let browser: Browser | undefined
  let installed = true

  beforeAll(async () => {
    const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
    installed = spawnSync('npm', ['install', PUPPETEER, '--prefix', folder, ...flags]).status === 0
    if (!installed) return
    const site = join(folder, 'site')
    const script = ['--import', './scripts/typescript.mjs', 'scripts/site.ts', '--no-docs', '--output', site]
    execFileSync(process.execPath, script, { cwd: root, stdio: 'ignore' })
    cpSync(join(golden, 'whisper-tiny'), join(site, 'tiny'), { recursive: true })
    cpSync(join(golden, 'encoders/st-dense/model'), join(site, 'st-dense'), { recursive: true })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    url = `http://localhost:${(server.address() as AddressInfo).port}${BELOW}`
    const entry = 'node_modules/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js'
    const { default: puppeteer } = await import(pathToFileURL(join(folder, entry)).href)
    browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true })
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    server.close()
    rmSync(folder, { recursive: true, force: true })
    expect(complaints).toEqual([])
  })

  async function open(path: string, width = 1280): Promise<Page> {
    const page = await browser!.newPage()
    page.setDefaultTimeout(60_000)
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('console', (line) => line.type?.() === 'error' && complaints.push(line.text!()))
    await page.setViewport({ width, height: 844 })
    await page.goto(url + path)
    return page
  }

  const saying = (page: Page, selector: string, text: string) =>
    page.waitForFunction(`document.querySelector(${JSON.stringify(selector)})?.textContent.includes('${text}')`)
  const textOf = (page: Page, selector: string) =>
    page.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`)

  test('the front page translates on a phone, and draws the attention of it', async ({ skip }) => {
    if (!installed) skip('npm cannot install puppeteer-core')
    const page = await open('index.html#s=Je+suis+professeur.', 390)
    await page.waitForSelector('#attention svg')
    expect(await textOf(page, '#target')).toMatch(/teacher|professor/)
    expect(await textOf(page, '#state')).toContain('WebAssembly')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await page.close()
  })

  test('the page to learn from trains six words', async ({ skip }) => {
    if (!installed) skip('npm cannot install puppeteer-core')
    const page = await open('learn.html#s=Merci.&view=tour&stop=15')
    await page.waitForSelector('.lesson button')
    await page.evaluate(
      "[...document.querySelectorAll('.lesson button')].find((b) => /Train/.test(b.textContent)).click()",
    )
    await saying(page, '.lesson output', '60 of 60')
    expect(await textOf(page, '.learned')).toContain('the model says: i am a student')
    await page.close()
  })

  test('the inspector shows every view', async ({ skip }) => {
    if (!installed) skip('npm cannot install puppeteer-core')
    const page = await open('inspector.html#s=Il+fait+beau.&view=attention')
    await page.waitForSelector('.view svg.picture, .view .token')
    for (const view of inspectorViews) {
      await page.click(`nav a[href*="view=${view}"]`)
      await page.waitForSelector(`.view.${view} :is(svg.picture, .token)`)
      expect(await page.evaluate("document.querySelectorAll('.stopped').length"), view).toBe(0)
    }
    await page.close()
  })

  test.for([
    ['sentences.html#a=the+cat+sleeps&b=a+dog+runs', 'st-dense', '#similarity'],
    ['speech.html', 'tiny', 'svg.picture'],
  ] as const)('%s runs a model that the visitor names', async ([file, model, shown], { skip }) => {
    if (!installed) skip('npm cannot install puppeteer-core')
    const page = await open(file, 390)
    await page.waitForSelector('#model-address')
    await page.evaluate("document.querySelector('#model-address').value = ''")
    await page.type('#model-address', `${url}${model}/`)
    await page.click('.model-choice button')
    await saying(page, '#state', 'runs in this page')
    if (model === 'tiny') await (await page.$('input[accept]'))!.uploadFile(join(golden, 'sound/speech.wav'))
    await page.waitForSelector(shown)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await page.close()
  })
})
