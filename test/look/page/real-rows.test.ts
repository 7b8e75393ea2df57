import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { train } from '#dist/learn/train/train.js'
import { newFolder, smallConfig } from '../../learn/train/small-run.ts'
import { browserPath, inspector, without } from './inspector.ts'

const image = (n: number) => JSON.stringify(Array.from({ length: 16 }, (_, i) => [((7 * i + n) % 5) / 4]))

describe.skipIf(!browserPath)(`a source of real numbers on the page${without}`, () => {
  const load = async () => {
    const pairs = `${newFolder()}.tsv`
    writeFileSync(pairs, Array.from({ length: 40 }, (_, n) => `${image(n)}\t${['one', 'two'][n % 2]} ${n}\n`).join(''))
    const config = smallConfig({ training: { steps: 4, saveEvery: 2 } }, pairs)
    const { model } = await train({ ...config, model: { ...config.model!, rowWidth: 1 } }, newFolder(), {
      backend: 'js',
    })
    return Translator.load(model!, { workers: 1 })
  }
  const shown = inspector({ load, source: image(3) })

  const views = ['machine', 'attention', 'heads', 'neuron', 'decoding', 'beams', 'positions', 'lens', 'experiment']
  it.each(views)('is a picture above the view %s', async (view) => {
    const page = await shown.open(view)
    await page.locator('main .view svg').first().waitFor()
    expect(await page.locator('.numbers-of-source figcaption').textContent()).toBe('16 rows of 1 number')
    const marks = await page
      .locator('.numbers-of-source [data-token]')
      .evaluateAll((all) => all.map((each) => each.getAttribute('data-token')))
    expect(marks).toEqual(Array.from({ length: 16 }, (_, i) => `source:${i}`))
  })

  it('is attended to as a grid for each head, whose weights are those of the trace', async () => {
    const trace = await shown.translator.inspect(image(3), { tensors: ['decoder.0.crossAttention.weights'] })
    const { values, shape } = trace.tensors['decoder.0.crossAttention.weights']
    const page = await shown.open('attention?kind=cross&show=pixels')
    await page.locator('.view [data-key]').first().waitFor({ state: 'attached' })
    const cells = await page
      .locator('.view [data-key]')
      .evaluateAll((all) => all.map((each) => Number(each.getAttribute('fill-opacity'))))
    expect(cells.length).toBe(2 * 16)
    const first = Array.from(values.subarray(0, 16))
    expect(cells.indexOf(Math.max(...cells.slice(0, 16)))).toBe(first.indexOf(Math.max(...first)))
    expect(shape).toEqual([2, trace.target.ids.length, 17])
  })
})
