import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { addressOf, browserPath, inspector, marksOf, without } from './inspector.ts'

const source = 'Je suis étudiant.'

describe.skipIf(!browserPath)(`views of the machine and of attention${without}`, () => {
  const all = inspector()
  const { open } = all
  const trace = (tensors: string[]) => all.translator.inspect(source, { tensors })

  /** The opacity of the line from a query to a key; 0 where there is none. */
  async function lineOf(page: Page, head: number, query: string, key: string): Promise<number> {
    const line = page.locator(`svg path[data-head="${head}"][data-query="${query}"][data-key="${key}"]`)
    return (await line.count()) ? Number(await line.getAttribute('stroke-opacity')) : 0
  }

  test('the machine has the shapes of this sentence, and a strip for each part', async () => {
    const page = await open('machine')
    const { model, source: read, target } = await trace([])
    await page.locator('svg.picture image').first().waitFor()
    const text = await page.locator('svg.picture').textContent()
    expect(text).toContain(`[${read.ids.length} × ${model.dModel}]`)
    expect(text).toContain(`[${target.ids.length} × ${read.ids.length}]`)
    expect(text).toContain('→ logits')
    const parts = await marksOf(page, 'svg [data-open]', 'open')
    expect(parts).toContain('encoder.3.selfAttention')
    expect(parts).toContain('decoder.1.crossAttention')
    // Embedding and positions, and every sub-layer with its norm, of both sides.
    expect(await page.locator('svg.picture image').count()).toBe(2 * 2 + 6 * 4 + 2 * 6)
  })

  test('a click on a part opens it: an attention its view, another its numbers', async () => {
    const page = await open('machine')
    await page.click('svg [data-open="encoder.1.feedForward"]')
    await page.locator('.part svg').waitFor()
    expect(await page.textContent('.part h3')).toContain('encoder.1.feedForward.output [5 × 256]')
    await page.click('.part button')
    await page.click('svg [data-open="decoder.1.crossAttention"]')
    await page.locator('.view.attention svg').waitFor()
    expect(addressOf(page)).toMatchObject({ view: 'attention', parameters: { kind: 'cross', layer: '1' } })
  })

  test.for([
    { kind: 'encoder', name: 'encoder.2.selfAttention.weights', layer: 2, queries: 'source', keys: 'source' },
    { kind: 'cross', name: 'decoder.1.crossAttention.weights', layer: 1, queries: 'target', keys: 'source' },
  ])('lines are as opaque as the weights of $name', async ({ kind, name, layer, queries, keys }) => {
    const page = await open(`attention?kind=${kind}&layer=${layer}`)
    const { shape, values } = (await trace([name])).tensors[name]
    const [heads, rows, columns] = shape
    for (const [head, row, column] of [
      [0, 0, 0],
      [1, 2, 1],
      [heads - 1, rows - 1, columns - 1],
    ]) {
      const weight = values[(head * rows + row) * columns + column]
      const line = await lineOf(page, head, `${queries}:${row}`, `${keys}:${column}`)
      expect(line).toBeCloseTo(weight < 0.01 ? 0 : weight, 3)
    }
  })

  test('opens on the last layer’s encoder-decoder attention', async () => {
    const page = await open('attention')
    expect(await page.getAttribute('svg.picture', 'aria-label')).toBe('Encoder-decoder attention, layer 1')
    expect(await page.locator('[aria-pressed="true"]').allTextContents()).toEqual(
      expect.arrayContaining(['Encoder-decoder attention', '1']),
    )
    await page.click('button:has-text("Encoder self-attention")')
    await expect.poll(() => page.getAttribute('svg.picture', 'aria-label')).toBe('Encoder self-attention, layer 5')
  })

  test('lines of several heads between two tokens lie side by side', async () => {
    const page = await open('attention?kind=cross&layer=1')
    const paths = await page.locator('svg path[data-head]').evaluateAll((all) =>
      all.map((each) => {
        const { head, query, key } = (each as unknown as { dataset: Record<string, string> }).dataset
        return { head, tokens: `${query} ${key}`, line: each.getAttribute('d') }
      }),
    )
    const bundle = paths.filter(({ tokens }) => tokens === 'target:3 source:2')
    expect(new Set(bundle.map(({ head }) => head)).size).toBe(4)
    const heights = bundle.map(({ line }) => Number(/M\S+ ([\d.]+)L/.exec(line!)![1])).sort((a, b) => a - b)
    for (let i = 1; i < heights.length; i++) expect(heights[i] - heights[i - 1]).toBeGreaterThan(3)
  })

  test('rows of the decoder’s self-attention are tokens that it reads, and look at none after them', async () => {
    const page = await open('attention?kind=decoder&layer=0')
    const { target } = await trace([])
    const marks = await marksOf(page, 'svg text[data-token]', 'token')
    expect(marks.slice(0, target.ids.length)).toEqual([
      'target:start',
      ...target.ids.slice(1).map((_, i) => `target:${i}`),
    ])
    expect(await lineOf(page, 0, 'target:start', 'target:0')).toBe(0)
  })

  test('a click hides a head or shows it, a double click shows it alone, and all again', async () => {
    const page = await open('attention?kind=encoder&layer=0')
    const heads = async () => [...new Set(await marksOf(page, 'svg path[data-head]', 'head'))].sort()
    expect(await heads()).toEqual(['0', '1', '2', '3'])
    await page.click('button[data-head="1"]')
    await expect.poll(heads).toEqual(['0', '2', '3'])
    expect(addressOf(page).parameters.heads).toBe('0,2,3')
    await page.dblclick('button[data-head="1"]')
    await expect.poll(heads).toEqual(['1'])
    await page.dblclick('button[data-head="1"]')
    await expect.poll(heads).toEqual(['0', '1', '2', '3'])
    await page.focus('button[data-head="2"]')
    await page.keyboard.press('Shift+Enter')
    await expect.poll(heads).toEqual(['2'])
    await page.click('button[data-head="2"]')
    expect(await page.textContent('main')).toContain('No head is chosen')
    await page.click('.head-toggles button:has-text("all")')
    await expect.poll(heads).toEqual(['0', '1', '2', '3'])
  })

  test('the mean is that of the chosen heads', async () => {
    const page = await open('attention?kind=encoder&layer=1&sum=mean&heads=0,3')
    const name = 'encoder.1.selfAttention.weights'
    const { shape, values } = (await trace([name])).tensors[name]
    const [, rows, columns] = shape
    const weight = (head: number) => values[(head * rows + 1) * columns + 2]
    expect(await lineOf(page, 0, 'source:1', 'source:2')).toBeCloseTo((weight(0) + weight(3)) / 2, 3)
  })

  test('the matrix has every weight, and tells it under the pointer and to those who cannot see it', async () => {
    const page = await open('attention?kind=cross&layer=0&show=matrix&heads=1')
    const name = 'decoder.0.crossAttention.weights'
    const { shape, values } = (await trace([name])).tensors[name]
    const [, rows, columns] = shape
    const cells = await page
      .locator('svg rect[data-query][data-key]')
      .evaluateAll((all) =>
        all.map((cell) => ({ label: cell.getAttribute('aria-label'), opacity: cell.getAttribute('fill-opacity') })),
      )
    expect(cells.length).toBe(rows * columns)
    for (const [i, { label, opacity }] of cells.entries()) {
      const weight = values[rows * columns + i]
      expect(label).toContain(`head 1 ${weight.toFixed(3)}`)
      expect(Number(opacity)).toBeCloseTo(weight, 5)
    }
    await page.hover('svg rect[data-query="target:1"][data-key="source:2"]')
    expect(await page.textContent('.readout')).toContain(values[rows * columns + columns + 2].toFixed(3))
  })

  test('the end token can be hidden, and pieces of a word be one', async () => {
    const long = 'Je suis étudiante en anticonstitutionnalité.'
    const page = await open(`attention?kind=encoder&layer=0&source=${encodeURIComponent(long)}`)
    const read = (await all.translator.inspect(long)).source
    const labels = async () =>
      new Set(await page.locator('svg text[data-token]').evaluateAll((all) => all.map((each) => each.textContent)))
    expect(await page.locator('svg text[data-token]').count()).toBe(2 * read.tokens.length)
    await page.click('text=Hide the end token')
    await expect.poll(() => page.locator('svg text[data-token]').count()).toBe(2 * (read.tokens.length - 1))
    expect(await labels()).not.toContain('</s>')
    await page.click('text=Whole words')
    const words = new Set(read.words.filter((word) => word >= 0)).size
    await expect.poll(() => page.locator('svg text[data-token]').count()).toBe(2 * words)
    expect([...(await labels())].join(' ')).toMatch(/anticonstitutionnalité/)
  })

  test('every head of a kind is a thumbnail with badges, and opens its attention', async () => {
    const page = await open('heads?kind=encoder')
    const name = 'encoder.3.selfAttention.weights'
    const { shape, values } = (await trace([name])).tensors[name]
    const [, rows, columns] = shape
    expect(await page.locator('svg g[data-layer][data-head]').count()).toBe(24)
    let [entropy, diagonal] = [0, 0]
    for (let i = 0; i < rows * columns; i++) {
      const weight = values[2 * rows * columns + i]
      if (weight > 0) entropy -= (weight * Math.log(weight)) / rows
      if (Math.floor(i / columns) === i % columns) diagonal += weight / rows
    }
    const badges = await page.textContent('svg g[data-layer="3"][data-head="2"]')
    expect(badges).toContain(`H ${entropy.toFixed(2)}`)
    expect(badges).toContain(`D ${diagonal.toFixed(2).replace(/^0/, '')}`)
    await page.click('svg g[data-layer="3"][data-head="2"]')
    await page.locator('.view.attention svg').waitFor()
    expect(addressOf(page).parameters).toMatchObject({ kind: 'encoder', layer: '3', heads: '2' })
  })
})
