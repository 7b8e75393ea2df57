import { describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { train } from '#dist/learn/train/train.js'
import { newFolder, smallConfig } from '../../learn/train/small-run.ts'
import { browserPath, inspector, without } from './inspector.ts'

const source = 'un deux trois'

describe.skipIf(!browserPath)(`experts on the page${without}`, () => {
  const load = async () => {
    const config = smallConfig({ training: { steps: 4, saveEvery: 2 } })
    const feedForward = { experts: 4, k: 2, softmax: 'top', balance: 0.01 } as const
    const model = { ...config.model!, decoderLayers: 2, feedForward }
    const trained = await train({ ...config, model }, newFolder(), { backend: 'js' })
    return Translator.load(trained.model!, { workers: 1 })
  }
  const shown = inspector({ load, source })

  it.each(['encoder.0', 'decoder.1'])('are a strip for each token of %s, a part as wide as its gate', async (layer) => {
    const name = `${layer}.feedForward.gates`
    const trace = await shown.translator.inspect(source, { tensors: [name] })
    const { shape, values } = trace.tensors[name]
    const page = await shown.open(`machine?part=${layer}.feedForward`)
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
