import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { browserPath, inspector, without } from './inspector.ts'

const model = fileURLToPath(new URL('../../golden/more/gpt2-text/model', import.meta.url))

describe.skipIf(!browserPath)(`a decoder alone on the page${without}`, () => {
  const shown = inspector({ load: () => Translator.load(model, { workers: 1 }), source: 'He was' })

  const views = ['machine', 'attention', 'heads', 'neuron', 'decoding', 'beams', 'positions', 'lens', 'experiment']
  it.each(views)('draws the view %s', async (view) => {
    const page = await shown.open(view)
    await page.locator('main svg').first().waitFor()
    expect(await page.locator('[id="strip-source"]').textContent()).toBe('Prompt')
  })

  it('marks which tokens of a draft were chosen', async () => {
    const page = await shown.open('decoding')
    await page.locator('input[name="draft"]').fill('was andent to rime.')
    await page.locator('input[name="draft"]').press('Enter')
    await page.locator('[data-draft]').first().waitFor({ state: 'attached' })
    expect(await page.locator('[data-draft="accepted"], [data-draft="refused"]').count()).toBeGreaterThan(0)
  })
})
