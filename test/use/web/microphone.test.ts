import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserPath, without } from '../../look/page/inspector.ts'
import { inPage, type PageServer, servePages } from './pages.ts'

// Chromium's own stand-in for a microphone beeps once a second.
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
]

describe.skipIf(!browserPath)(`microphone of glassformer/web${without}`, () => {
  let server: PageServer
  let browser: Browser
  const open = async (...more: string[]): Promise<Page> => {
    browser = await chromium.launch({ executablePath: browserPath!, args: [...flags, ...more] })
    const page = await (await browser.newContext()).newPage()
    await page.goto(server.url)
    return page
  }
  beforeAll(async () => {
    server = await servePages()
  })
  afterAll(() => server.close())

  test('is sound at 16 kHz until it is left, or the signal fires', { timeout: 60_000 }, async () => {
    const page = await open('--use-fake-ui-for-media-stream')
    const { seconds, loudest, rest, count } = await inPage<{
      seconds: number
      loudest: number
      rest: number
      count: number
    }>(
      page,
      `let [count, loudest] = [0, 0]
      const began = performance.now()
      for await (const samples of microphone()) {
        for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample))
        count += samples.length
        if (count >= 32000) break
      }
      const seconds = (performance.now() - began) / 1000
      let rest = 0
      for await (const samples of microphone({ signal: AbortSignal.timeout(500) })) rest += samples.length
      return { seconds, loudest, rest, count }`,
    )
    expect(count).toBeLessThan(33000)
    expect(seconds).toBeGreaterThan(1.5)
    expect(loudest).toBeGreaterThan(0.01)
    expect(rest).toBeGreaterThan(0)
    expect(rest).toBeLessThan(16000)
    await browser.close()
  })

  test('that is refused is an error', { timeout: 60_000 }, async () => {
    const page = await open('--deny-permission-prompts')
    const error = await inPage<{ code: string; message: string }>(
      page,
      'return microphone().next().then(() => null, ({ code, message }) => ({ code, message }))',
    )
    expect(error).toMatchObject({
      code: 'ERR_UNSUPPORTED',
      message: expect.stringContaining('microphone cannot be used'),
    })
    await browser.close()
  })
})
