import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inspectedModels } from '#dist/cli/inspect/inspected-model.js'
import { type InspectorServer, serveInspector } from '#dist/cli/inspect/server.js'
import { Translator } from '#dist/index.js'
import { train } from '#dist/learn/train/train.js'
import { newFolder, smallConfig } from '../../learn/train/small-run.ts'
import { browserPath, watch, without } from './inspector.ts'

const source = 'un deux trois'

describe.skipIf(!browserPath)(`experts on the page${without}`, () => {
  const complaints: string[] = []
  let translator: Translator
  let server: InspectorServer
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    const config = smallConfig({ training: { steps: 4, saveEvery: 2 } })
    const feedForward = { experts: 4, k: 2, softmax: 'top', balance: 0.01 } as const
    const model = { ...config.model!, decoderLayers: 2, feedForward }
    const trained = await train({ ...config, model }, newFolder(), { backend: 'js' })
    translator = await Translator.load(trained.model!, { workers: 1 })
    server = await serveInspector({ models: inspectedModels([translator]), source, port: 0 })
    browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.setDefaultTimeout(20_000)
    watch(page, complaints)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await translator?.close()
    expect(complaints).toEqual([])
  })

  it.each(['encoder.0', 'decoder.1'])('are a strip for each token of %s, a part as wide as its gate', async (layer) => {
    const name = `${layer}.feedForward.gates`
    const trace = await translator.inspect(source, { tensors: [name] })
    const { shape, values } = trace.tensors[name]
    await page.goto(`${server.url}#machine?part=${layer}.feedForward`)
    await page.locator('.gates svg').waitFor()
    expect(await page.locator('.gates h4').textContent()).toBe(name)
    const strips = await page.locator('.gates g[data-token]').evaluateAll((all) =>
      all.map((row) =>
        Array.from(row.querySelectorAll('rect') as unknown as Iterable<Element>, (part) => ({
          gate: part.getAttribute('data-gate'),
          width: Number(part.getAttribute('width')),
        })),
      ),
    )
    const expected = Array.from({ length: shape[0] }, (_, row) =>
      Array.from(values.subarray(row * shape[1], (row + 1) * shape[1]), (gate, expert) => ({ gate, expert })).filter(
        ({ gate }) => gate > 0,
      ),
    )
    expect(strips.map((parts) => parts.map(({ gate }) => gate))).toEqual(
      expected.map((parts) => parts.map(({ gate, expert }) => `expert ${expert} ${gate.toFixed(2)}`)),
    )
    const all = strips.map((parts) => parts.reduce((sum, { width }) => sum + width, 0))
    for (const width of all) expect(width).toBeCloseTo(all[0], 1)
  })
})
