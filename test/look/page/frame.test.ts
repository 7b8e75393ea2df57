import { describe, expect, test } from 'vitest'
import { addressOf, browserPath, drawn, inspector, styleOf, without } from './inspector.ts'

describe.skipIf(!browserPath)(`the page${without}`, () => {
  const { open } = inspector()

  test('lights the token under the pointer wherever it is shown, and fades the lines of others', async () => {
    const page = await open('attention?kind=cross&layer=1')
    const weight = (mark: string) => styleOf(page, `svg text[data-token="${mark}"]`, 'font-weight')
    const opacity = (of: string) => styleOf(page, `svg path${of}`, 'opacity')
    expect(await weight('source:1')).toBe('400')
    await page.hover('.token[data-token="source:1"]')
    expect([await weight('source:1'), await weight('source:2')]).toEqual(['700', '400'])
    expect(Number(await opacity('[data-key="source:1"]'))).toBe(1)
    expect(Number(await opacity('[data-key="source:2"]'))).toBeLessThan(0.2)
    // The other way round: from the picture to the strip.
    const background = () => styleOf(page, '.token[data-token="target:0"]', 'background-color')
    const before = await background()
    await page.hover('svg text[data-token="target:0"]')
    expect(await background()).not.toBe(before)
    await page.mouse.move(2, 2)
    expect(await background()).toBe(before)
    expect(await weight('source:1')).toBe('400')
  })

  test('lights the token that has the focus, by keys alone', async () => {
    const page = await open('attention')
    await page.focus('.token[data-token="source:0"]')
    await page.keyboard.press('Tab')
    expect(await styleOf(page, 'svg text[data-token="source:1"]', 'font-weight')).toBe('700')
  })

  test('keeps a chosen token lit, in the address and in other views', async () => {
    const page = await open('attention')
    await page.click('.token[data-token="source:2"]')
    await page.mouse.move(2, 2)
    expect(addressOf(page).parameters.token).toBe('source:2')
    expect(await styleOf(page, 'svg text[data-token="source:2"]', 'font-weight')).toBe('700')
    await page.click('nav a:has-text("The whole machine")')
    await drawn(page)
    await expect.poll(() => styleOf(page, 'svg text[data-token="source:2"]', 'font-weight')).toBe('700')
    await page.click('.token[data-token="source:2"]')
    expect(addressOf(page).parameters.token).toBeUndefined()
  })

  test('leads by a link to what its author saw, and back and forth', async () => {
    const page = await open('attention?kind=decoder&layer=1&heads=2&show=matrix&source=Merci.')
    expect(await page.inputValue('#source')).toBe('Merci.')
    expect(await page.locator('figcaption').allTextContents()).toEqual(['Head 2'])
    expect(await page.getAttribute('svg.picture', 'aria-label')).toMatch(/Decoder self-attention, layer 1/)
    await page.click('button:has-text("Encoder-decoder attention")')
    await page.click('nav a:has-text("Layers × heads")')
    expect(addressOf(page)).toMatchObject({ view: 'heads', parameters: { kind: 'cross', source: 'Merci.' } })
    await page.goBack()
    await page.goBack()
    expect(addressOf(page)).toMatchObject({ view: 'attention', parameters: { kind: 'decoder' } })
    await expect.poll(() => page.getAttribute('svg.picture', 'aria-label')).toMatch(/Decoder self-attention, layer 1/)
    await page.goForward()
    await expect
      .poll(() => page.getAttribute('svg.picture', 'aria-label'))
      .toMatch(/Encoder-decoder attention, layer 1/)
  })

  test('explains the signs among the tokens, as far as the sentence has them', async () => {
    let page = await open(`attention?source=${encodeURIComponent('Le chat de la voisine dort.')}`)
    await expect
      .poll(() => page.textContent('.strips .signs'))
      .toMatch(/^·\p{L}+ continues a word<\/s> the end<pad> the start/u)
    page = await open('heads?source=Merci.')
    await expect.poll(() => page.textContent('.strips .signs')).toMatch(/^<\/s> the end<pad> the start/)
    expect(await page.textContent('.view .signs')).toMatch(
      /H entropy.*D weight on the same position.*P weight on the position before/,
    )
  })

  test('says why the beam tree has another log-probability than views that read the translation in one pass', async () => {
    const page = await open(`beams?source=${encodeURIComponent('Je suis étudiant.')}`)
    await page.locator('.view.beams table').waitFor()
    const [, inOnePass] = /one pass .* log-probability of (−\d+\.\d+)/.exec((await page.textContent('.view.beams'))!)!
    await page.click('nav a:has-text("Experiment")')
    await page.locator('.view.experiment .side').first().waitFor()
    expect(await page.textContent('.view.experiment .side')).toContain(
      `log-probability in one pass ${inOnePass} in all`,
    )
  })

  test('runs another sentence', async () => {
    const page = await open('machine')
    await page.fill('#source', 'Le chat dort.')
    await page.keyboard.press('Enter')
    await page.locator('.token:has-text("cat")').waitFor()
    expect(addressOf(page).parameters.source).toBe('Le chat dort.')
  })

  test.for([
    { address: 'attention?layer=99', says: 'layer “99”', without: 'layer' },
    { address: 'attention?kind=sideways', says: 'kind “sideways”', without: 'kind' },
    { address: 'attention?heads=0,7', says: 'head “7”', without: 'heads' },
    { address: 'machine?model=nobody', says: 'model “nobody”', without: 'model' },
    { address: 'decoding?force=x', says: 'force “x”', without: 'force' },
    { address: 'machine?part=encoder.9.feedForward', says: 'part “encoder.9.feedForward”', without: 'part' },
  ])('reports an invalid link, and continues without it: $address', async ({ address, says, without }) => {
    const page = await open(address)
    await page.locator('.stopped').waitFor()
    expect(await page.textContent('.stopped')).toContain(says)
    await page.click('.stopped button')
    await page.locator('svg.picture').first().waitFor()
    expect(addressOf(page).parameters).not.toHaveProperty(without)
  })

  test("reports an unknown view, and the model's error for a bad request", async () => {
    const page = await open('nowhere')
    expect(await page.textContent('.stopped')).toContain('no view “nowhere”')
    await page.click('nav a:has-text("Decoding")')
    await page.locator('svg.picture').first().waitFor()
    await page.goto(page.url().replace(/#.*/, '#decoding?force=0:999999'))
    await page.locator('.stopped').waitFor()
    expect(await page.textContent('.stopped')).toMatch(/999999[\s\S]*ERR_/)
  })

  test('moves in a picture by arrow keys, of which Tab reaches one mark, and opens by Enter', async () => {
    const page = await open('heads')
    expect(await page.locator('svg [tabindex="0"]').count()).toBe(1)
    await page.focus('svg [tabindex="0"]')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    const focused = () => page.evaluate('({ ...document.activeElement.dataset })')
    expect(await focused()).toMatchObject({ layer: '1', head: '1' })
    await page.keyboard.press('Enter')
    await page.locator('.view.attention').waitFor()
    expect(addressOf(page)).toMatchObject({ view: 'attention', parameters: { layer: '1', heads: '1' } })
  })

  test("is dark where the screen is, or by the reader's choice, which is stored", async () => {
    const page = await open('machine', { colorScheme: 'dark' })
    const paper = () => styleOf(page, ':root', 'background-color')
    expect(await paper()).toBe('rgb(13, 17, 23)')
    expect(await page.textContent('.theme')).toBe('Theme: system')
    await page.click('.theme')
    expect(await page.textContent('.theme')).toBe('Theme: light')
    expect(await paper()).toBe('rgb(255, 255, 255)')
    await page.reload()
    expect(await paper()).toBe('rgb(255, 255, 255)')
    await page.close()
  })
})
