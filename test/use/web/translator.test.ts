import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Translator } from '#dist/index.js'
import type { Trace } from '#dist/look/inspect/index.js'
import { wasmBackends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { browserPath, watch, without } from '../../look/page/inspector.ts'
import { root } from '../../repository/repository.ts'
import { page as htmlPage, inPage, type PageServer, refusal, servePages } from './pages.ts'

const model = join(root, 'models/fr-en')

/** Hugging Face transformers' translations in float32: test/golden/fr-en/make.py. */
const golden: { source: string; greedy: { ids: number[] }; beam4: { ids: number[]; text: string } }[] = JSON.parse(
  readFileSync(join(root, 'test/golden/fr-en/sentences.json'), 'utf8'),
).sentences.slice(0, 2)

/** Servers that do not answer as they should. */
const faults = {
  pages: htmlPage,
  refused: (response) => void response.writeHead(503).end(),
  broken: (response) => void response.writeHead(200).end('{ "model_type": '),
  short(response, file) {
    const bytes = readFileSync(join(model, file))
    if (file !== 'model.safetensors') return void response.writeHead(200).end(bytes)
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, 100_000), () => response.destroy())
  },
} satisfies Parameters<typeof servePages>[0]

describe.skipIf(!browserPath)(`glassformer/web${without}`, () => {
  let server: PageServer
  let browser: Browser
  let page: Page
  let node: Translator
  const complaints: string[] = []
  beforeAll(async () => {
    server = await servePages(faults)
    browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage()
    watch(page, complaints)
    await page.goto(server.url)
    node = await Translator.load(undefined, { backend: 'js' })
  })
  afterAll(async () => {
    await node?.close()
    await browser?.close()
    server?.close()
    expect(complaints.filter((text) => !/ERR_CONNECTION|ERR_CONTENT_LENGTH|ERR_INCOMPLETE/.test(text))).toEqual([])
  })
  const modelRequests = () => server.requests.filter((path) => path.startsWith('/fr-en/'))

  test('loads a folder by its URL, and reports progress', async () => {
    const { progress, ...loaded } = await inPage<{
      progress: { file: string; loaded: number; total: number }[]
      name: string
      path: string
      cache: object
      backend: string
    }>(
      page,
      `const progress = []
       globalThis.translator = await Translator.load('fr-en', { backend: 'js', progress: (each) => progress.push(each) })
       const { model: { name, path }, cache } = translator
       return { progress, name, path, cache, backend: translator.backendInfo().backend }`,
    )
    expect(loaded).toEqual({ name: 'fr-en', path: `${server.url}fr-en`, cache: { kept: true }, backend: 'js' })
    const ofWeights = progress.filter(({ file }) => file === 'model.safetensors')
    expect(ofWeights.length).toBeGreaterThan(2)
    const { size } = { size: readFileSync(join(model, 'model.safetensors')).length }
    expect(ofWeights.at(-1)).toEqual({ file: 'model.safetensors', loaded: size, total: size, cached: false })
  })

  test('requests no file that does not exist', () => {
    expect(server.missing).toEqual([])
  })

  test('is loaded the second time without a request', async () => {
    expect(modelRequests().length).toBeGreaterThan(4)
    server.requests.length = 0
    const text = await inPage(
      page,
      `const again = await Translator.load('/fr-en/', { backend: 'js', precision: 'float32' })
       globalThis.exact = again
       return (await again.translate('Je suis étudiant.')).text`,
    )
    expect(text).toBe('I am a student.')
    expect(modelRequests()).toEqual([])
  })

  test('finds the tokens that transformers finds, in float32, and those of Node.js in int8', async () => {
    const sources = JSON.stringify(golden.map(({ source }) => source))
    const [greedy, beam4, int8] = await inPage<number[][][]>(
      page,
      `const ids = async (translator, beams) =>
         (await translator.translate(${sources}, { beams, split: 'never', readCapitals: false })).map(({ ids }) => ids)
       return [await ids(exact, 1), await ids(exact, 4), await ids(translator, 4)]`,
    )
    expect(greedy).toEqual(golden.map((each) => each.greedy.ids))
    expect(beam4).toEqual(golden.map((each) => each.beam4.ids))
    const options = { beams: 4, split: 'never', readCapitals: false } as const
    const own = await node.translate(
      golden.map(({ source }) => source),
      options,
    )
    expect(int8).toEqual(own.map(({ ids }) => ids))
  })

  test('streams, and leaves the thread of the page free', async () => {
    const { pieces, text, ticks } = await inPage<{ pieces: string[]; text: string; ticks: number }>(
      page,
      `let ticks = 0
       const timer = setInterval(() => ticks++, 5)
       const source = 'Je suis étudiant. Il fait beau, et nous sommes contents.'
       const pieces = []
       for await (const piece of translator.stream(source, { beams: 1 })) pieces.push(piece.text)
       const { text } = await translator.translate(source, { beams: 1 })
       clearInterval(timer)
       return { pieces, text, ticks }`,
    )
    expect(pieces.length).toBeGreaterThan(5)
    expect(pieces.join('')).toBe(text)
    expect(ticks).toBeGreaterThan(10)
  })

  test('returns the same attention and trace as in Node.js', async () => {
    const source = 'Je suis étudiant.'
    const options = { tensors: ['**.weights'], steps: 3 }
    const found = await inPage<{ attention: number[][]; trace: string; svg: string }>(
      page,
      `const { attention: [{ layers }] } = await translator.translate('${source}', { attention: true })
       const trace = await translator.inspect('${source}', ${JSON.stringify(options)})
       const tensors = Object.fromEntries(Object.entries(trace.tensors).map(([name, { values, ...rest }]) =>
         [name, { ...rest, values: [...values] }]))
       const svg = figure('attention', trace, { layer: 1 })
       return { attention: layers.map(({ values }) => [...values]), trace: JSON.stringify({ ...trace, tensors }), svg }`,
    )
    const { attention } = await node.translate(source, { attention: true })
    for (const [layer, values] of found.attention.entries())
      expectClose(Float32Array.from(values), attention![0].layers[layer].values, 1e-6)
    const own = await node.inspect(source, options)
    const there: Trace = JSON.parse(found.trace)
    expect(Object.keys(there.tensors)).toEqual(Object.keys(own.tensors))
    for (const [name, { values }] of Object.entries(own.tensors))
      expectClose(Float32Array.from(there.tensors[name].values), values, 1e-6)
    expect(there.target.tokens).toEqual(own.target.tokens)
    expect(found.svg).toMatch(/^<svg/)
  })

  test('translates documents, and scores', async () => {
    const [html, score] = await inPage<[string, number]>(
      page,
      `const { text } = await translator.translate('<p>Il fait <b>beau</b>.</p>', { format: 'html' })
       const [{ score }] = await translator.score([{ source: 'Merci.', target: 'Thank you.' }])
       return [text, score]`,
    )
    expect(html).toMatch(/^<p>.*<b>.*<\/b>.*<\/p>$/)
    expect(score).toBeCloseTo((await node.score([{ source: 'Merci.', target: 'Thank you.' }]))[0].score, 4)
  })

  test('stops when it is aborted, and continues with other work', async () => {
    const [aborted, text] = await inPage<[string, string]>(
      page,
      `const stop = new AbortController()
       const many = translator.translate(Array(500).fill('Je suis étudiant.'), { signal: stop.signal })
       setTimeout(() => stop.abort(), 50)
       const aborted = await many.catch(({ name, code }) => name + ' ' + code)
       return [aborted, (await translator.translate('Je suis étudiant.')).text]`,
    )
    expect({ aborted, text }).toEqual({ aborted: 'AbortError ERR_ABORTED', text: 'I am a student.' })
    expect((await refusal(page, "Translator.load('fr-en', { signal: AbortSignal.abort() })")).code).toBe('ERR_ABORTED')
  })

  test.each([
    ["Translator.load('nowhere')", 'ERR_FILE', /nowhere\/config\.json: .*\(404\)/],
    ["Translator.load('refused')", 'ERR_NETWORK', /refused\/config\.json: the server answers 503/],
    ["Translator.load('pages')", 'ERR_FILE', /a web page in place of the file/],
    ["Translator.load('broken')", 'ERR_MODEL_FORMAT', /broken\/config\.json: not valid JSON/],
    ["Translator.load('short')", 'ERR_NETWORK', /short\/model\.safetensors: the connection broke after \d+ bytes/],
    ["Translator.load('http://localhost:1/')", 'ERR_NETWORK', /cannot fetch http:\/\/localhost:1\/config\.json/],
    ["Translator.load('file:///models/fr-en')", 'ERR_OPTION', /must be the URL/],
    ["Translator.load([new File([], 'readme.txt')])", 'ERR_FILE', /none of the 1 picked files is config\.json/],
    ["Translator.load('fr-en', { worker: '/nowhere.js' })", 'ERR_WORKER', /web-worker\.js/],
    ["Translator.load('fr-en', { backend: 'native' })", 'ERR_OPTION', /backend/],
    ["translator.translate('Oui.', { beams: 0 })", 'ERR_OPTION', /beams/],
    ["translator.translate(['Oui.', [99999]])", 'ERR_INPUT', /^source 1: /],
  ])('%s fails with %s', async (call, code, message) => {
    const error = await refusal(page, call)
    expect(error).toMatchObject({ code, name: 'GlassformerError' })
    expect(error.message).toMatch(message)
  })

  test('fetches damaged cached files anew', async () => {
    const text = await inPage(
      page,
      `const cache = await caches.open('glassformer')
       await cache.put('/fr-en/config.json', new Response('{}'))
       const again = await Translator.load('fr-en', { backend: 'js' })
       const { text } = await again.translate('Merci.', { beams: 1 })
       await again.close()
       return text`,
    )
    expect(text).toBe((await node.translate('Merci.', { beams: 1 })).text)
  })

  test('takes the files that a user picks', async () => {
    await page.setContent('<input type="file" multiple>')
    await page.setInputFiles(
      'input',
      readdirSync(model).map((name) => join(model, name)),
    )
    const text = await inPage(
      page,
      `const picked = await Translator.load(document.querySelector('input').files, { backend: 'js' })
       return (await picked.translate('Merci.', { beams: 1 })).text`,
    )
    expect(text).toBe((await node.translate('Merci.', { beams: 1 })).text)
  })

  test('loads if the browser caches nothing, and gives the reason', async () => {
    const other = await browser.newPage()
    await other.goto(server.url)
    const devtools = await other.context().newCDPSession(other)
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.url, quotaSize: 1_000_000 })
    const cache = await inPage<{ kept: boolean; reason: string }>(
      other,
      "return (await Translator.load('fr-en')).cache",
    )
    expect(cache).toEqual({ kept: false, reason: expect.stringMatching(/quota/i) })
    await other.close()
  })

  test('gives the reason if it does not run in WebAssembly', async () => {
    const error = await refusal(page, "Translator.load('fr-en', { backend: 'wasm', wasm: '/nowhere' })")
    expect(error).toMatchObject({ code: 'ERR_BACKEND', message: expect.stringContaining('nowhere/glassformer.wasm') })
    const info = await inPage<{ backend: string; reasons: string[] }>(
      page,
      "return (await Translator.load('fr-en', { wasm: '/nowhere' })).backendInfo()",
    )
    expect(info).toMatchObject({ backend: 'js', reasons: [expect.stringContaining('404'), expect.anything()] })
  })

  test("runs on the page's own thread, with the code of the worker's file, if it is told so", async () => {
    const texts = await inPage<string[]>(
      page,
      `const translator = await Translator.load('fr-en', { worker: false, backend: 'js' })
       const texts = await Promise.all(['Merci beaucoup.', 'Je suis étudiant.'].map((each) => translator.translate(each)))
       await translator.close()
       return texts.map(({ text }) => text)`,
    )
    expect(texts).toEqual(['Thank you very much.', 'I am a student.'])
  })

  describe.skipIf(!wasmBackends.length)('in WebAssembly (skipped if it has not been built)', () => {
    test('finds the same tokens on one thread, and reports that it is one because the page is not isolated', async () => {
      expect(await inWebAssembly(page)).toEqual({
        isolated: false,
        backend: 'wasm',
        threads: 1,
        reasons: [expect.stringContaining('Cross-Origin-Opener-Policy')],
        ...found(),
      })
    })

    test('finds the same tokens on several threads in a page that is isolated', async () => {
      const isolating = await servePages(
        {},
        {
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-embedder-policy': 'require-corp',
        },
      )
      const isolated = await browser.newPage()
      watch(isolated, complaints)
      await isolated.goto(isolating.url)
      expect(await inWebAssembly(isolated)).toEqual({
        isolated: true,
        backend: 'wasm',
        threads: Math.min(2, availableParallelism()),
        reasons: [],
        ...found(),
      })
      await isolated.close()
      isolating.close()
    })

    test('works without a network on the second visit: the binary is cached with the model', async () => {
      const context = await browser.newContext()
      const visitor = await context.newPage()
      watch(visitor, complaints)
      await visitor.goto(server.url)
      const translated = () =>
        inPage(
          visitor,
          `const kept = await Translator.load('fr-en')
           const { text } = await kept.translate('Je suis étudiant.')
           await kept.close()
           return [kept.backendInfo().backend, text]`,
        )
      const expected = ['wasm', 'I am a student.']
      expect(await translated()).toEqual(expected)
      // The page's own files would be cached by its own service worker or the browser.
      await context.route(/\/(wasm|fr-en)\//, (route) => route.abort())
      server.requests.length = 0
      expect(await translated()).toEqual(expected)
      expect(server.requests.filter((path) => /wasm\/|fr-en/.test(path))).toEqual([])
      await inPage(visitor, 'await clearCache()')
      expect(await refusal(visitor, "Translator.load('fr-en')")).toMatchObject({ code: 'ERR_NETWORK' })
      await context.close()
    })

    const found = () => ({ ids: golden.map(({ beam4 }) => beam4.ids), traced: golden[0].beam4.text })
    const inWebAssembly = (there: Page) =>
      inPage(
        there,
        `const wasm = await Translator.load('fr-en', { backend: 'wasm', threads: 2, precision: 'float32' })
         const { backend, threads, reasons } = wasm.backendInfo()
         const options = { beams: 4, split: 'never', readCapitals: false, attention: true }
         const ids = (await wasm.translate(${JSON.stringify(golden.map(({ source }) => source))}, options)).map(({ ids }) => ids)
         const trace = await wasm.inspect(${JSON.stringify(golden[0].source)}, { tensors: ['**.weights'], beams: 4 })
         await wasm.close()
         return { isolated: crossOriginIsolated, backend, threads, reasons, ids, traced: trace.target.text }`,
      )
  })

  test('ends with close', async () => {
    const codes = await inPage(
      page,
      `const code = (promise) => promise.then(() => 'no error', ({ code }) => code)
       const open = code(translator.translate(Array(500).fill('Je suis étudiant.')))
       await translator.close()
       await translator.close()
       return [await open, await code(translator.translate('Oui.')), await code(translator.inspect('Oui.'))]`,
    )
    expect(codes).toEqual(['ERR_CLOSED', 'ERR_CLOSED', 'ERR_CLOSED'])
  })
})
