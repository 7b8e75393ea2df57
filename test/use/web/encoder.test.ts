import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Encoder } from '#dist/use/encode/index.js'
import { browserPath, watch, without } from '../../look/page/inspector.ts'
import { root } from '../../repository/repository.ts'
import { differenceOf, type Golden, goldens } from '../encode/golden-folders.ts'
import { type PageServer, servedFolder, servePages } from './pages.ts'

const named = (name: string): Golden => goldens.find((golden) => golden.name === name)!

describe.skipIf(!browserPath)(`glassformer/web/encoder${without}`, () => {
  let server: PageServer
  let browser: Browser
  let page: Page
  const complaints: string[] = []
  const sentences = named('st-dense')
  const classes = named('bert-cls')
  const { texts, embeddings } = sentences.sentence_transformers
  beforeAll(async () => {
    server = await servePages({ sentences: servedFolder(sentences.model), classes: servedFolder(classes.model) })
    browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage()
    watch(page, complaints)
    await page.goto(server.url)
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
    expect(complaints.filter((text) => !/404/.test(text))).toEqual([])
  })
  const inPage = <T>(body: string): Promise<T> =>
    page.evaluate(
      `(async () => { const { Encoder, clearCache } = await import('/bundle/web-encoder.js'); ${body} })()`,
    ) as Promise<T>

  test.each(['auto', 'js'])('vectors are those of sentence-transformers, with backend %s', async (backend) => {
    const found = await inPage<{ vectors: number[][]; backend: string; dimensions: number }>(`
      const encoder = await Encoder.load('/sentences', { backend: '${backend}', precision: 'float32' })
      const vectors = await encoder.embed(${JSON.stringify(texts)})
      const { dimensions } = encoder
      const info = encoder.backendInfo()
      await encoder.close()
      return { vectors: vectors.map((vector) => [...vector]), dimensions, backend: info.backend }`)
    expect(differenceOf(found.vectors.flat(), embeddings.flat())).toBeLessThan(1e-4)
    expect(found.dimensions).toBe(embeddings[0].length)
    expect(found.backend).toBe(
      backend === 'js' ? 'js' : existsSync(join(root, 'wasm/glassformer.wasm')) ? 'wasm' : 'js',
    )
  })

  test('labels, streams, rankings and what makes two texts alike are those of Node.js', async () => {
    const body = `
      const pairs = await encoder.classify(['one', { text: 'two', pair: 'three' }], { top: 2 })
      return pairs`
    const node = await Encoder.load(classes.model, { backend: 'js', precision: 'float32', workers: 1 })
    const expected = await node.classify(['one', { text: 'two', pair: 'three' }], { top: 2 })
    await node.close()
    const found = await inPage<{ label: string; score: number }[][]>(
      `const encoder = await Encoder.load('/classes', { precision: 'float32' }); ${body}`,
    )
    expect(found.map((labels) => labels.map(({ label }) => label))).toEqual(
      expected.map((labels) => labels.map(({ label }) => label)),
    )
    found.forEach((labels, i) => {
      for (const [k, { score }] of labels.entries()) expect(score).toBeCloseTo(expected[i][k].score, 4)
    })
    const alike = await inPage<{ streamed: number; best: number; similarity: number; words: number }>(`
      const encoder = await Encoder.load('/sentences', { precision: 'float32' })
      let streamed = 0
      for await (const vector of encoder.embedEach(['a', 'b', 'c'])) streamed += vector.length > 0
      const [best] = await encoder.rank(${JSON.stringify(texts[0])}, ${JSON.stringify(texts.slice(0, 3))})
      const found = await encoder.alike(${JSON.stringify(texts[0])}, ${JSON.stringify(texts[1])})
      await encoder.close()
      return { streamed, best: best.index, similarity: found.similarity, words: found.first?.tokens?.length ?? 1 }`)
    expect(alike).toMatchObject({ streamed: 3, best: 0, similarity: expect.any(Number) })
  })

  test('runs from files that the user has picked, folders within the folder too, and on the calling thread', async () => {
    const files = ['config.json', 'modules.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']
    const all = readdirDeep(sentences.model)
    expect(all).toEqual(expect.arrayContaining(files.filter((file) => existsSync(join(sentences.model, file)))))
    const vectors = await inPage<number[][]>(`
      const names = ${JSON.stringify(all)}
      const files = await Promise.all(names.map(async (name) => {
        const bytes = await (await fetch('/sentences/' + name)).arrayBuffer()
        const file = new File([bytes], name.split('/').at(-1))
        Object.defineProperty(file, 'webkitRelativePath', { value: 'mine/' + name })
        return file
      }))
      const encoder = await Encoder.load(files, { worker: false, precision: 'float32' })
      return (await encoder.embed(${JSON.stringify(texts.slice(0, 2))})).map((vector) => [...vector])`)
    expect(differenceOf(vectors.flat(), embeddings.slice(0, 2).flat())).toBeLessThan(1e-4)
  })

  test('says what is wrong with a folder, a text and an abort, and goes on', async () => {
    const codes = await inPage<string[]>(`
      const code = (promise) => promise.then(() => 'none', ({ code }) => code)
      const encoder = await Encoder.load('/sentences')
      const controller = new AbortController()
      const aborted = code(encoder.embed(['one', 'two'], { signal: controller.signal }))
      controller.abort()
      const codes = [
        await code(Encoder.load('/nothing')),
        await code(Encoder.load('firefox/fr-en')),
        await code(Encoder.load('/fr-en')),
        await code(encoder.embed([1])),
        await code(encoder.embed('a', { dimensions: 100000 })),
        await code(encoder.classify('a')),
        await aborted,
        await code(encoder.embed('still here')),
      ]
      await encoder.close()
      return [...codes, await code(encoder.embed('a'))]`)
    expect(codes).toEqual([
      'ERR_FILE',
      'ERR_OPTION',
      'ERR_UNSUPPORTED',
      'ERR_INPUT',
      'ERR_OPTION',
      'ERR_UNSUPPORTED',
      'ERR_ABORTED',
      'none',
      'ERR_CLOSED',
    ])
  })
})

test('the addresses of files beside the bundles exist in the package', () => {
  const addresses = ['web', 'web-encoder', 'web-speech'].flatMap((name) => {
    const chunks = [
      `${name}.js`,
      ...readFileSync(join(root, `dist/bundle/${name}.js`), 'utf8').matchAll(/\.\/(web-[\w-]+\.js)/g),
    ]
    return [chunks].flat(2).map((chunk) => (typeof chunk === 'string' ? chunk.replace('./', '') : chunk))
  })
  const found = [...new Set(addresses)].flatMap((file) =>
    [
      ...readFileSync(join(root, 'dist/bundle', String(file)), 'utf8').matchAll(
        /new URL\(`([^`$]+)`,import\.meta\.url\)/g,
      ),
    ].map(([, address]) => address),
  )
  expect(found).toContain('../../models/silero-vad-v6/weights.f24')
  for (const address of new Set(found))
    if (!address.includes('wasm/')) expect(existsSync(join(root, 'dist/bundle', address)), address).toBe(true)
  expect(found.filter((address) => address.endsWith('.wasm'))).toEqual(
    found.filter((address) => address.startsWith('../../wasm/')),
  )
})

function readdirDeep(folder: string): string[] {
  return (readdirSync(folder, { recursive: true, withFileTypes: true }) as import('node:fs').Dirent[])
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
}
