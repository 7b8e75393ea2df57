import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { TracedTensor } from '#dist/trace/data/trace.js'
import { addressOf, browserPath, inspector, shownPiece, textsOf, without } from './inspector.ts'

const source = 'Je suis étudiant.'

/** −12.34 as pages write it. */
const numberOf = (text: string) => (text === '−∞' ? -Infinity : Number(text.replace('−', '-')))

/** One head's part of a row. */
const headOf = ({ shape: [, width], values }: TracedTensor, row: number, head: number, dHead: number) =>
  values.slice(row * width + head * dHead, row * width + (head + 1) * dHead)

/** The numbers of a table, by the names of its rows. */
async function table(page: Page): Promise<Record<string, number[]>> {
  const rows = await textsOf(page, '.numbers tbody tr', 'th, td')
  return Object.fromEntries(rows.map(([name, ...values]) => [name, values.map(numberOf)]))
}

describe.skipIf(!browserPath)(`views of the model's computation${without}`, () => {
  const all = inspector()
  const { open } = all

  test('the neuron view has the six steps of the model’s q, k and v: encoder, decoder and cross-attention', async () => {
    const page = await open('positions')
    for (const { kind, path, layer, head, query } of [
      { kind: 'encoder', path: 'encoder.2.selfAttention', layer: 2, head: 1, query: 2 },
      { kind: 'decoder', path: 'decoder.1.selfAttention', layer: 1, head: 3, query: 3 },
      { kind: 'cross', path: 'decoder.0.crossAttention', layer: 0, head: 2, query: 4 },
    ]) {
      const names = ['query', 'key', 'value', 'weights', 'heads'].map((name) => `${path}.${name}`)
      const { tensors, model } = await all.translator.inspect(source, { tensors: names })
      const { dHead } = model[kind === 'encoder' ? 'encoder' : 'decoder']
      const q = headOf(tensors[`${path}.query`], query, head, dHead)
      const keys = tensors[`${path}.key`].shape[0]
      const seen = kind === 'decoder' ? query + 1 : keys
      const scores = Array.from({ length: keys }, (_, key) =>
        headOf(tensors[`${path}.key`], key, head, dHead).reduce((sum, value, d) => sum + value * q[d], 0),
      )
      const scaled = scores.map((score, key) => (key < seen ? score / Math.sqrt(dHead) : -Infinity))
      const highest = Math.max(...scaled)
      const total = scaled.reduce((sum, score) => sum + Math.exp(score - highest), 0)
      const weights = scaled.map((score) => Math.exp(score - highest) / total)

      await page.goto(page.url().replace(/#.*/, `#neuron?kind=${kind}&layer=${layer}&head=${head}&query=${query}`))
      await page
        .locator(`.view.neuron svg[aria-label^="${kind === 'encoder' ? 'encoder' : 'decoder'} layer ${layer}"]`)
        .waitFor()
      const rows = await textsOf(page, 'svg [data-row]', 'text')
      expect(rows.length).toBe(keys)
      for (const [key, [, score, scaledScore, weight]] of rows.entries()) {
        expect(Math.abs(numberOf(score) - scores[key])).toBeLessThan(0.051)
        if (key < seen) expect(Math.abs(numberOf(scaledScore) - scaled[key])).toBeLessThan(0.0051)
        else expect(scaledScore).toBe('−∞')
        expect(Math.abs(numberOf(weight) - weights[key])).toBeLessThan(0.00051)
        // And the model's own, by another way.
        const own = tensors[`${path}.weights`]
        expect(own.values[(head * own.shape[1] + query) * keys + key]).toBeCloseTo(weights[key], 4)
      }
      await page.locator('details').evaluate((details) => details.setAttribute('open', ''))
      const { z, 'q × k': products, ...vectors } = await table(page)
      const key = weights.indexOf(Math.max(...weights))
      const k = headOf(tensors[`${path}.key`], key, head, dHead)
      const own = headOf(tensors[`${path}.heads`], query, head, dHead)
      expect(z.length).toBe(dHead)
      for (let d = 0; d < dHead; d++) {
        expect(vectors.k[d]).toBeCloseTo(k[d], 2)
        expect(products[d]).toBeCloseTo(q[d] * k[d], 2)
        expect(z[d]).toBeCloseTo(own[d], 2)
      }
    }
  })

  test('a query is chosen by its list, and by a token that is lit; a click on a key shows its numbers', async () => {
    const page = await open('neuron?kind=cross&layer=1&token=target:2')
    const chosen = () => page.locator('label:has-text("Query") select').inputValue()
    expect(await chosen()).toBe('2')
    await page.selectOption('label:has-text("Query") select', '4')
    expect(addressOf(page).parameters.query).toBe('4')
    await page.click('svg [data-row="1"]')
    expect(addressOf(page).parameters).toMatchObject({ token: 'source:1', query: '4' })
    await expect.poll(() => page.textContent('summary')).toContain('suis')
  })

  test('the logit lens has the first token of every depth and position', async () => {
    const { lens, target } = await all.translator.inspect(source, { lens: 3 })
    const page = await open('lens')
    await page.locator('.view.lens svg').waitFor()
    for (const { depth, rows } of lens)
      for (const [position, { top }] of rows.entries()) {
        const cell = page.locator(`svg [data-depth="${depth}"][data-token="target:${position}"]`)
        expect(await cell.locator('text').first().textContent()).toBe(shownPiece(top[0].token))
        const percents = 100 * Math.exp(top[0].logProbability)
        const shown = numberOf((await cell.locator('text').last().textContent())!.replace(/[<%]/g, '').trim())
        expect(Math.abs(shown - percents)).toBeLessThan(0.051)
        const isFramed = (await cell.locator('rect[stroke="var(--right)"]').count()) === 1
        expect(isFramed).toBe(top[0].id === target.ids[position])
      }
  })

  describe('positions', () => {
    /** PE of the paper, 3.5, and of Tensor2Tensor's get_timing_signal_1d. */
    const angle = (position: number, i: number, width: number) => position / 10000 ** ((2 * i) / width)
    const timing = (position: number, i: number, width: number) =>
      position * Math.exp((-i * Math.log(10000)) / Math.max(width / 2 - 1, 1))
    const formulas: Record<string, (position: number, dimension: number, width: number) => number> = {
      timingSignal: (p, d, width) =>
        d < width / 2 ? Math.sin(timing(p, d, width)) : Math.cos(timing(p, d - width / 2, width)),
      interleaved: (p, d, width) => (d % 2 ? Math.cos(angle(p, (d - 1) / 2, width)) : Math.sin(angle(p, d / 2, width))),
      halves: (p, d, width) =>
        d < width / 2 ? Math.sin(angle(p, d, width)) : Math.cos(angle(p, d - width / 2, width)),
    }

    async function expectTable(page: Page, variant: string, rows: number, width: number) {
      await expect.poll(() => page.getAttribute('svg.picture', 'aria-label')).toMatch(new RegExp(`${rows} × ${width}$`))
      await page.locator('details').evaluate((details) => details.setAttribute('open', ''))
      const shown = await table(page)
      expect(Object.keys(shown).length).toBe(Math.min(rows, 32))
      for (const [row, values] of Object.entries(shown))
        for (const [dimension, value] of values.entries())
          expect(Math.abs(value - formulas[variant](Number(row), dimension, width))).toBeLessThan(1e-4)
    }

    test('the pictures of the article are one click each: 10 × 64, 20 × 512 and the rows of four dimensions', async () => {
      const page = await open('positions?variant=halves&rows=3&width=6')
      await expectTable(page, 'halves', 3, 6)
      await page.click('button:has-text("10 × 64")')
      await expectTable(page, 'interleaved', 10, 64)
      await page.click('button:has-text("20 × 512")')
      await expectTable(page, 'timingSignal', 20, 512)
      await page.click('button:has-text("Four dimensions")')
      await expectTable(page, 'timingSignal', 4, 4)
      const cells = await page.locator('svg.picture text').allTextContents()
      for (const row of ['0 0 1 1', '0.84 0.0001 0.54 1', '0.91 0.0002 −0.42 1']) expect(cells.join(' ')).toContain(row)
      expect(addressOf(page).parameters).toMatchObject({ variant: 'timingSignal', rows: '4', width: '4' })
    })

    test('any length and width can be typed, and the model’s own are those that it adds to its embeddings', async () => {
      const page = await open('positions')
      await expectTable(page, 'timingSignal', 20, 512)
      await page.selectOption('select', 'interleaved')
      await page.fill('label:has-text("Positions") input', '100')
      await page.keyboard.press('Enter')
      await expectTable(page, 'interleaved', 100, 512)
      await page.fill('label:has-text("Width") input', '30')
      await page.keyboard.press('Enter')
      await expectTable(page, 'interleaved', 100, 30)
      await page.selectOption('select', 'model')
      const { tensors } = await all.translator.inspect(source, { tensors: ['encoder.positions'] })
      const [rows, width] = tensors['encoder.positions'].shape
      await page.locator('svg.picture[aria-label="Positions of this sentence"]').waitFor()
      await page.locator('details').evaluate((details) => details.setAttribute('open', ''))
      const shown = await table(page)
      expect(Object.keys(shown).length).toBe(rows)
      for (const [row, values] of Object.entries(shown))
        for (const [d, value] of values.entries())
          expect(value).toBeCloseTo(tensors['encoder.positions'].values[Number(row) * width + d], 3)
    })
  })
})
