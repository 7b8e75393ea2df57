import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { inspectedModels } from '#dist/cli/inspect/inspected-model.js'
import { type InspectorServer, serveInspector } from '#dist/cli/inspect/server.js'
import { Translator } from '#dist/index.js'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']

/** Where Chromium is, or null: then tests of the page are skipped. */
export const browserPath =
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path)) ?? null

/** Why they are skipped, for the titles of their suites. */
export const without = browserPath ? '' : ' (skipped: there is no Chromium on PATH)'

/** The page on a model, in a browser: one of each for all tests of a file. */
export interface Inspector {
  translator: Translator
  server: InspectorServer
  browser: Browser
  /**
   * Opens an address, 'attention?layer=1', and waits until it is drawn. Without options it is the same page each time. An error of a page
   * fails the tests of the file.
   */
  open(address: string, options?: BrowserContextOptions): Promise<Page>
}

/** The model on a page, and its first source. */
interface Shown {
  load?: () => Promise<Translator>
  source?: string
}

/** To be called where a file describes its tests: by default with the embedded model and a sentence. */
export function inspector({ load = () => Translator.load(), source = 'Je suis étudiant.' }: Shown = {}): Inspector {
  const all = {} as Inspector
  const complaints: string[] = []
  beforeAll(async () => {
    all.translator = await load()
    all.server = await serveInspector({ models: inspectedModels([all.translator]), source, port: 0 })
    all.browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(async () => {
    await all.browser?.close()
    await all.server?.close()
    await all.translator?.close()
    expect(complaints).toEqual([])
  })
  let shared: Page | undefined
  all.open = async (address, options) => {
    // A page with options of its own is its own; the others are one, which goes from address to address.
    if (!options && !shared) shared = await newPage({})
    const page = options ? await newPage(options) : shared!
    await page.goto(`${all.server.url}#${address}`)
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
    await drawn(page)
    return page
  }
  async function newPage(options: BrowserContextOptions): Promise<Page> {
    const page = await all.browser.newPage({ viewport: { width: 1280, height: 900 }, ...options })
    page.setDefaultTimeout(20_000)
    watch(page, complaints)
    await page.goto(all.server.url)
    return page
  }
  return all
}

/** Collects errors of scripts, and what the policy refuses. */
export function watch(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(String(error.stack)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text())) complaints.push(message.text())
  })
}

/** Waits until the view has a picture, or says why it has none. */
export async function drawn(page: Page): Promise<void> {
  await page.locator('.view svg.picture, .view .token, .stopped').first().waitFor()
}

/** The attributes of an element's marks, such as `data-token`. */
export const marksOf = (page: Page, selector: string, name: string): Promise<(string | null)[]> =>
  page.locator(selector).evaluateAll((all, key) => all.map((each) => each.getAttribute(`data-${key}`)), name)

/** A property of the first element's computed style. */
export const styleOf = (page: Page, selector: string, property: string): Promise<string> =>
  page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).getPropertyValue('${property}')`)

/** The address after the page's '#', as its view and parameters. */
export function addressOf(page: Page): { view: string; parameters: Record<string, string> } {
  const hash = new URL(page.url()).hash.slice(1)
  // Tests open pages at shorter addresses: 'attention?layer=1'.
  const query = hash.includes('=') && !hash.includes('?') ? hash : `view=${hash.replace('?', '&')}`
  const { view, ...others } = Object.fromEntries(new URLSearchParams(query))
  const { s: source, ...parameters } = others
  return { view, parameters: source === undefined ? parameters : { ...parameters, source } }
}

/** A piece as pictures show it, where it stands in no text; a space alone is '_'. */
export const shownPiece = (piece: string): string =>
  piece === '▁' ? '_' : piece.startsWith('▁') ? piece.slice(1) : piece.replace(/^(?=[\p{L}\p{N}])/u, '·')

/** The texts of an element's parts: the cells of each row of a table, the texts of each group of a picture. */
export const textsOf = (page: Page, groups: string, parts: string): Promise<string[][]> =>
  page.locator(groups).evaluateAll(
    (all, inner) =>
      all.map((group) => {
        const texts = group.querySelectorAll(inner) as unknown as Iterable<{ textContent: string | null }>
        return Array.from(texts, ({ textContent }) => textContent ?? '')
      }),
    parts,
  )
