/**
 * Measures the front page of site/ in Chromium, with the page's thread slowed down (a worker's cannot be): first paint,
 * first translation, first attention picture, bytes; on the first visit, and on the second, whose model is in the
 * browser's cache. `npm run site`, then `npm run script scripts/site/times.ts [FOLDER]`, by default on site/.
 */
import type { AddressInfo, Socket } from 'node:net'
import { cpus, loadavg } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium } from 'playwright-core'
import { findOnPath } from '../native-build.mjs'
import { siteServer } from './server.ts'

/** How much slower the page's thread is. */
const SLOWER = 4
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }

const executablePath = process.env.CHROMIUM ?? findOnPath('chromium') ?? findOnPath('google-chrome')
if (!executablePath) throw new Error('measuring needs Chromium on PATH, or in the variable CHROMIUM')
const sockets = new Set<Socket>()
const sent = () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)
const folder = process.argv[2] ?? fileURLToPath(new URL('../../site', import.meta.url))
const server = siteServer(resolve(folder))
server.on('connection', (socket) => sockets.add(socket))
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
const address = `http://localhost:${(server.address() as AddressInfo).port}/index.html`
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
const context = await browser.newContext(PHONE)
console.log(`${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, the page's thread ${SLOWER} times slower`)
console.log('\n| visit | first paint, ms | translation, ms | attention, ms | MB |\n|---|---|---|---|---|')
for (const visit of ['first', 'second']) {
  const { paint, translation, attention, bytes } = await timesOf(context)
  console.log(`| ${visit} | ${paint} | ${translation} | ${attention} | ${(bytes / 1e6).toFixed(2)} |`)
}
await browser.close()
server.close()

/** Milliseconds since the navigation, and bytes that the server has sent, headers included. */
async function timesOf(context: BrowserContext) {
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  const before = sent()
  await page.goto(address)
  const when = async (selector: string, hasText = /(?:)/) => {
    await page.locator(selector, { hasText }).first().waitFor({ state: 'attached', timeout: 120_000 })
    return Math.round(Number(await page.evaluate('performance.now()')))
  }
  const translation = await when('#target', /\w/)
  const attention = await when('#attention svg path')
  const paint = Math.round(
    Number(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")),
  )
  const bytes = sent() - before
  await page.close()
  return { paint, translation, attention, bytes }
}
