import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../repository/repository.ts'
import { browserPath, without } from '../page/inspector.ts'

interface Violation {
  id: string
  nodes: { html: string }[]
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
}

const compressedTypes = ['.html', '.js', '.css', '.json']

describe.skipIf(!browserPath)(`the site's front page, below a path of its host${without}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'site-'))
  const complaints: string[] = []
  let sent = 0
  let server: Server
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const script = ['--import', './scripts/typescript.mjs', 'scripts/site.ts', '--output', folder]
    execFileSync(process.execPath, script, { cwd: root, stdio: 'ignore' })
    server = createServer(({ url }, response) => {
      const file = join(folder, new URL(url!, 'http://localhost').pathname.replace(/^\/below\/this\//, ''))
      if (!url!.startsWith('/below/this/') || !existsSync(file)) return void response.writeHead(404).end()
      response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream')
      // Texts are compressed, as common static hosts send them; the model's weights are not.
      const compressed = compressedTypes.includes(extname(file))
      const bytes = compressed ? gzipSync(readFileSync(file)) : readFileSync(file)
      if (compressed) response.setHeader('content-encoding', 'gzip')
      sent += bytes.length
      response.end(bytes)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage({ bypassCSP: false, viewport: { width: 390, height: 844 } })
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    const { port } = server.address() as AddressInfo
    await page.goto(`http://localhost:${port}/below/this/index.html#s=Je+suis+professeur.`)
    await page.waitForSelector('#attention svg', { timeout: 60_000 })
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('translates the sentence of its address, and draws its attention', async () => {
    expect(await page.textContent('#target')).toMatch(/teacher|professor/)
  })

  test('writes a typed sentence to its address', async () => {
    await page.fill('#source', 'Merci.')
    await page.waitForFunction(() => /thank/i.test(document.getElementById('target')!.textContent!))
    expect(new URL(page.url()).hash).toContain('s=Merci.')
  })

  test('needs at most 10 MB where the host compresses texts, fits a phone, and logs no error', async () => {
    expect(sent).toBeLessThan(10e6)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(complaints).toEqual([])
  })

  test('has no violation that axe-core finds, in light and dark', async () => {
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    for (const theme of ['light', 'dark']) {
      await page.evaluate((chosen) => {
        document.documentElement.dataset.theme = chosen
      }, theme)
      // biome-ignore lint/suspicious/noExplicitAny: axe is a global of the page
      const found = await page.evaluate(async () => (await (window as any).axe.run()).violations)
      expect(found.map(({ id, nodes }: Violation) => `${id}: ${nodes[0].html}`)).toEqual([])
    }
  })
})
