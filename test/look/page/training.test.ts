import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { train } from '#dist/learn/train/train.js'
import { TrainingInspector } from '#dist/look/inspect/training-inspector.js'
import { glassformer } from '../../cli/command.ts'
import { newFolder, smallConfig } from '../../learn/train/small-run.ts'
import { browserPath, watch, without } from './inspector.ts'

const source = 'un deux trois'

test.skipIf(!browserPath)(
  `the view of a training shows a sentence checkpoint by checkpoint${without}`,
  {
    timeout: 60_000,
  },
  async () => {
    const folder = newFolder()
    const file = join(folder, 'learned.html')
    const settings = { training: { steps: 12, keep: 9, saveEvery: 6 }, validation: { every: 12 } }
    await train(smallConfig(settings), folder, { backend: 'js', threads: 1, precision: 'float32' })
    const flags = ['--training', folder, source, '--backend', 'js', '--export', file]
    expect(await glassformer(['inspect', ...flags])).toMatchObject({ code: 0, stderr: '' })

    const inspector = await TrainingInspector.open(folder, { backend: 'js' })
    const target = inspector.inspect(12, source).target.ids
    const chances = (step: number) =>
      inspector.inspect(step, source, { target, steps: 1 }).steps.map(({ chosen }) => Math.exp(chosen.logProbability))

    const browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] })
    const complaints: string[] = []
    const page = await browser.newPage()
    watch(page, complaints)
    await page.goto(pathToFileURL(file).href)
    await page.locator('.view.training svg.picture').nth(2).waitFor()
    const shown = (page: Page) => page.textContent('.view.training output')

    expect(await shown(page)).toBe('step 12 of 12')
    expect(await drawnChances(page, target)).toEqual(chances(12).map((chance) => expect.closeTo(chance, 2)))
    await page.click('button:has-text("Earlier")')
    await page.click('button:has-text("Earlier")')
    expect(await shown(page)).toBe('step 0 of 12')
    expect(await drawnChances(page, target)).toEqual(chances(0).map((chance) => expect.closeTo(chance, 2)))
    expect(await page.getAttribute('.view.training path[data-at]', 'data-at')).toBe('0')
    expect(page.url()).toMatch(/view=training.*&checkpoint=0/)
    expect(await page.textContent('.learned')).toContain(inspector.inspect(0, source).target.text)
    expect(complaints).toEqual([])
    await browser.close()
    inspector.close()
  },
)

/** The color strength of each target token at its step on the page. */
const drawnChances = (page: Page, target: readonly number[]): Promise<number[]> =>
  Promise.all(
    target.map(async (id, step) =>
      Number(await page.getAttribute(`.view.training [data-step="${step}"][data-id="${id}"]`, 'fill-opacity')),
    ),
  )
