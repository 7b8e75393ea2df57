import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { siteServer } from '../../../scripts/site/server.ts'
import { root } from '../../repository/repository.ts'
import { browserPath, watch } from '../page/inspector.ts'

const isBuilt = existsSync(join(root, 'wasm/glassformer.wasm'))

/** Why tests of the site are skipped, for the titles of their suites; '' where they run. */
export const withoutSite = !browserPath
  ? ' (skipped: there is no Chromium on PATH)'
  : isBuilt
    ? ''
    : ' (skipped: WebAssembly is not built; npm run prebuilds -- --only wasm builds it)'

/** The views of the inspector, by their names in links. */
export const inspectorViews = [
  'tour',
  'machine',
  'attention',
  'heads',
  'neuron',
  'decoding',
  'beams',
  'positions',
  'lens',
  'why',
  'sweep',
  'experiment',
]

/** The path of the site on its host. */
export const BELOW = '/below/this/'

/** A browser on the site, which `npm run site` has written for the tests of a file. */
export interface Site {
  folder: string
  /** The address of the site, with the path at its end. */
  url: string
  browser: Browser
  /** Bytes that the server has sent so far, headers included. */
  sent(): number
  /**
   * Opens a page, such as `inspector.html#view=attention`. Errors of pages fail the tests of the file. `asked` receives
   * the methods and addresses of its requests.
   */
  open(path: string, options?: BrowserContextOptions, asked?: string[]): Promise<Page>
}

/** To be called where a file describes its tests. */
export function siteInBrowser(options: readonly string[] = ['--no-docs']): Site {
  const complaints: string[] = []
  const sockets = new Set<Socket>()
  const site = { folder: mkdtempSync(join(tmpdir(), 'site-')) } as Site
  const server = siteServer(site.folder, { below: BELOW })
  server.on('connection', (socket) => sockets.add(socket))
  site.sent = () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)
  site.open = async (path, options, asked) => {
    const page = await site.browser.newPage({ viewport: { width: 1280, height: 900 }, ...options })
    page.setDefaultTimeout(60_000)
    watch(page, complaints)
    if (asked) page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`))
    await page.goto(site.url + path)
    return page
  }
  beforeAll(async () => {
    const script = ['--import', './scripts/typescript.mjs', 'scripts/site.ts', ...options, '--output', site.folder]
    execFileSync(process.execPath, script, { cwd: root, stdio: 'ignore' })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    site.url = `http://localhost:${(server.address() as AddressInfo).port}${BELOW}`
    site.browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
  }, 120_000)
  afterAll(async () => {
    await site.browser?.close()
    server.close()
    rmSync(site.folder, { recursive: true, force: true })
    expect(complaints).toEqual([])
  })
  return site
}

interface Violation {
  id: string
  nodes: { html: string; failureSummary: string }[]
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds on a page that was opened with `bypassCSP`, in light and in dark. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found: string[] = []
  for (const theme of ['light', 'dark']) {
    await page.evaluate(`document.documentElement.dataset.theme = ${JSON.stringify(theme)}`)
    const { violations } = (await page.evaluate('axe.run()')) as { violations: Violation[] }
    for (const { id, nodes } of violations)
      for (const { html, failureSummary } of nodes.slice(0, 3))
        found.push(`${theme}, ${id}: ${html.slice(0, 160)} ${failureSummary}`)
  }
  return found
}
