import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TranscribeOptions, Transcriber } from '#dist/use/transcribe/index.js'
import { browserPath, watch, without } from '../../look/page/inspector.ts'
import { root } from '../../repository/repository.ts'
import { type PageServer, servedFolder, servePages } from './pages.ts'

const folder = join(root, 'test/golden/whisper-tiny')
const sounds = join(root, 'test/golden/sound')

interface Heard {
  text: string
  duration: number
  segments: { start: number; end: number; tokens: number[]; avgLogprob: number }[]
}

describe.skipIf(!browserPath)(`glassformer/web/speech${without}`, () => {
  let server: PageServer
  let browser: Browser
  let page: Page
  let node: Transcriber
  const complaints: string[] = []
  const options: TranscribeOptions = { language: 'fr', temperature: 0 }
  beforeAll(async () => {
    server = await servePages({
      tiny: servedFolder(folder),
      sounds: servedFolder(sounds),
      models: servedFolder(join(root, 'models')),
    })
    browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage()
    watch(page, complaints)
    await page.goto(server.url)
    node = await Transcriber.load(folder, { backend: 'js', precision: 'float32', workers: 1 })
  })
  afterAll(async () => {
    await node?.close()
    await browser?.close()
    server?.close()
    expect(complaints.filter((text) => !/404/.test(text))).toEqual([])
  })
  const inPage = <T>(body: string): Promise<T> =>
    page.evaluate(
      `(async () => { const { Transcriber } = await import('/bundle/web-speech.js'); ${body} })()`,
    ) as Promise<T>
  const heardInPage = (sound: string, given: object, load: object = {}) =>
    inPage<Heard>(`
      const transcriber = await Transcriber.load('/tiny', ${JSON.stringify({ precision: 'float32', ...load })})
      const found = await transcriber.transcribe(${sound}, ${JSON.stringify(given)})
      await transcriber.close()
      return found`)
  const ids = ({ segments }: { segments: { tokens: readonly number[] }[] }) => segments.flatMap(({ tokens }) => tokens)

  test.each([{}, { backend: 'js' }, { worker: false }])('hears what Node.js hears, loaded with %o', async (load) => {
    const expected = await node.transcribe(join(sounds, 'speech.wav'), options)
    const found = await heardInPage(`'/sounds/speech.wav'`, options, load)
    expect(expected.segments.length).toBeGreaterThan(0)
    expect(ids(found)).toEqual(ids(expected))
    expect(found.text).toBe(expected.text)
    expect(found.duration).toBeCloseTo(expected.duration, 2)
    found.segments.forEach(({ start, end, avgLogprob }, i) => {
      expect([start, end]).toEqual([expected.segments[i].start, expected.segments[i].end])
      expect(avgLogprob).toBeCloseTo(expected.segments[i].avgLogprob, 4)
    })
  })

  test('words have the times of Node.js, and speech is found by the same detector', async () => {
    for (const more of [{ timestamps: 'words' }, { vad: true }, { batched: true }] as const) {
      const expected = await node.transcribe(join(sounds, 'speech.wav'), { ...options, ...more })
      const found = await heardInPage(`'/sounds/speech.wav'`, { ...options, ...more })
      expect(found.segments.map(({ start, end }) => [start, end])).toEqual(
        expected.segments.map(({ start, end }) => [start, end]),
      )
      expect(ids(found)).toEqual(ids(expected))
    }
    expect(server.requests).toContain('/models/silero-vad-v6/weights.f24')
  })

  test('files of other formats are decoded by the browser; samples, streams and live sound are heard', async () => {
    const found = await inPage<{ seconds: number[]; live: number; listened: number }>(`
      const transcriber = await Transcriber.load('/tiny')
      const file = await (await fetch('/sounds/mono.mp3')).blob()
      const samples = new Float32Array(40000).map((_, i) => Math.sin(i / 20) / 4)
      const streamed = async function* () { for (let i = 0; i < 40000; i += 8000) yield samples.subarray(i, i + 8000) }
      const options = ${JSON.stringify(options)}
      const seconds = []
      for (const sound of [file, samples, { samples, sampleRate: 8000 }, streamed()])
        seconds.push((await transcriber.transcribe(sound, options)).duration)
      let live = 0
      for await (const { text, pending } of transcriber.live(streamed(), options)) live += typeof (text + pending) === 'string'
      const { tokens } = await transcriber.listen('/sounds/speech.wav', options)
      await transcriber.close()
      return { seconds, live, listened: tokens.length }`)
    expect(found.seconds[0]).toBeGreaterThan(0.5)
    expect(found.seconds.slice(1)).toEqual([2.5, 5, 2.5])
    expect(found.live).toBeGreaterThan(0)
    expect(found.listened).toBeGreaterThan(0)
  })

  test('says what is wrong with a model, a sound and an option', async () => {
    const codes = await inPage<string[]>(`
      const code = (promise) => promise.then(() => 'none', ({ code }) => code)
      const transcriber = await Transcriber.load('/tiny')
      const signal = AbortSignal.abort()
      const codes = [
        await code(Transcriber.load('/fr-en')),
        await code(transcriber.transcribe('/sounds/nothing.wav')),
        await code(transcriber.transcribe(new Blob(['no sound at all, but a text that is long enough']))),
        await code(transcriber.transcribe(new Blob([new Uint8Array([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0, ...new Array(64).fill(1)])]))),
        await code(transcriber.transcribe(new Float32Array(40000), { translateTo: 'en', translator: '/fr-en' })),
        await code(transcriber.transcribe(new Float32Array(40000), { beams: 0 })),
        await code(transcriber.transcribe(new Float32Array(40000), { signal })),
      ]
      await transcriber.close()
      return [...codes, await code(transcriber.transcribe(new Float32Array(40000)))]`)
    expect(codes).toEqual([
      'ERR_UNSUPPORTED',
      'ERR_NETWORK',
      'ERR_AUDIO_FORMAT',
      'ERR_AUDIO_FORMAT',
      'ERR_UNSUPPORTED',
      'ERR_OPTION',
      'ERR_ABORTED',
      'ERR_CLOSED',
    ])
  })
})
