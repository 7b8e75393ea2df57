import { describe, expect, test } from 'vitest'
import { browserPath, inspector, textsOf, without } from './inspector.ts'

describe.skipIf(!browserPath)(`the tour${without}`, () => {
  const all = inspector()

  test('its tab stands first, in one line with the others', async () => {
    const page = await all.open('tour')
    const tabs = page.locator('nav[aria-label="Views"] a')
    expect(await tabs.first().textContent()).toBe('Tour')
    const tops = await tabs.evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top))
    expect(new Set(tops).size).toBe(1)
  })

  test("its stops are the article's, in its order", async () => {
    const page = await all.open('tour')
    expect(await page.locator('.tour > ol a').allTextContents()).toEqual([
      'The whole machine',
      'Embedding',
      'Self-attention',
      'Six steps',
      'Matrix form',
      'Many heads',
      'Positions',
      'Add and norm',
      'Masking',
      'The decoder looks at the source',
      'Linear and softmax',
      'Targets',
      'Training',
      'Beam search',
      'Why this word?',
    ])
  })

  test('the matrix form names every matrix with its shape in this sentence', async () => {
    const page = await all.open('tour?stop=4')
    await page.locator('.equation svg.picture').nth(4).waitFor()
    const equations = (await textsOf(page, '.equation svg.picture', 'text')).map((texts) => texts.join(' '))
    expect(equations[0]).toBe('X [5 × 256] × W Q [256 × 64] learned = Q [5 × 64]')
    expect(equations[3]).toBe('softmax ( Q [5 × 64] × Kᵀ [64 × 5] / √64 ) = weights [5 × 5]')
    expect(equations[4]).toBe('weights [5 × 5] × V [5 × 64] = Z [5 × 64]')
  })

  test('every head has a Z, and all of them together are multiplied with one matrix', async () => {
    const page = await all.open('tour?stop=5')
    await page.locator('.equation svg.picture').nth(1).waitFor()
    const [apart, joined] = (await textsOf(page, '.equation svg.picture', 'text')).map((texts) => texts.join(' '))
    expect(apart).toBe('Z₀ [5 × 64] Z₁ [5 × 64] Z₂ [5 × 64] Z₃ [5 × 64]')
    expect(joined).toBe('all Z [5 × 256] × W O [256 × 256] learned = Z [5 × 256]')
  })

  test('what comes in is added to what self-attention gives, and normed', async () => {
    const page = await all.open('tour?stop=7')
    await page.locator('.equation svg.picture').nth(1).waitFor()
    const [add, norm] = (await textsOf(page, '.equation svg.picture', 'text')).map((texts) => texts.join(' '))
    expect(add).toBe('x [5 × 256] + self-attention(x) [5 × 256] = sum [5 × 256]')
    expect(norm).toBe('LayerNorm ( sum [5 × 256] ) = output [5 × 256]')
  })

  test('later tokens are masked: no row gives them a weight', async () => {
    const page = await all.open('tour?stop=8')
    await page.locator('.matrices svg.picture').nth(2).waitFor()
    const [, masked] = await textsOf(page, '.matrices svg.picture', 'text')
    expect(masked.filter((text) => text === '−∞')).toHaveLength((6 * 5) / 2)
  })

  test('targets are one-hot, and stand beside what the model gives', async () => {
    const page = await all.open('tour?stop=11')
    await page.locator('.matrices svg.picture').nth(1).waitFor()
    const [target, output] = await textsOf(page, '.matrices svg.picture', 'text')
    expect(target.filter((text) => text === '1').length).toBeGreaterThanOrEqual(6)
    expect(output.some((text) => /^\.\d\d$/.test(text))).toBe(true)
    expect(await page.locator('.matrices figcaption').allTextContents()).toEqual([
      expect.stringContaining('one-hot'),
      expect.stringContaining('a probability for each token'),
    ])
  })
})
