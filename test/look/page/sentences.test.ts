import { describe, expect, test } from 'vitest'
import { isWhole } from '../../whole.ts'
import { browserPath, inspector, without } from './inspector.ts'

/** A sentence of about so many tokens. */
const longOf = (words: number) =>
  Array.from(
    { length: words },
    (_, i) => ['le', 'chat', 'noir', 'livre', 'et', 'la', 'mer', 'est', 'belle'][i % 9],
  ).join(' ')

describe.skipIf(!browserPath)(`sentences of all kinds${without}`, () => {
  const all = inspector()
  const { open } = all

  test('HTML in the sentence stays text, in every part of the page', async () => {
    const html = '<img src=x onerror="document.title=1"><b>gras</b> &amp; </script>'
    for (const view of ['machine', 'attention?show=matrix', 'decoding', 'experiment']) {
      const address = `${view}${view.includes('?') ? '&' : '?'}source=${encodeURIComponent(html)}`
      const page = await open(address)
      expect(await page.locator('main img, main b, main script').count()).toBe(0)
      expect(await page.title()).toBe('Glassformer')
      expect(await page.locator('.strip ul').first().textContent()).toContain('<')
    }
  })

  test.for([
    { name: 'right to left', source: 'السلام عليكم يا صديقي' },
    { name: 'emoji', source: 'Je t’aime 👩‍👩‍👧‍👦 ❤️ 🇫🇷 !' },
    { name: 'one token', source: 'a' },
  ])('$name: the tokens of the trace are shown in its views', async ({ source }) => {
    const { source: read, target } = await all.translator.inspect(source)
    const page = await open(`attention?kind=cross&source=${encodeURIComponent(source)}`)
    expect(await page.locator('.token[data-token^="source:"]').count()).toBe(read.ids.length)
    expect(await page.locator('svg text[data-token^="target:"]').count()).toBe(target.ids.length)
    for (const view of ['machine', 'heads', 'decoding', 'lens']) {
      await page.click(`nav a[href*="view=${view}"]`)
      await page.locator(`.view.${view} svg.picture`).first().waitFor()
    }
  })

  test.for(isWhole ? [60, 200] : [60])('%i tokens: every view draws in less than a second', async (tokens) => {
    const source = longOf(tokens - 1)
    const { source: read, target } = await all.translator.inspect(source, { beams: 1 })
    expect(Math.abs(read.ids.length - tokens)).toBeLessThan(tokens / 8)
    const run = `beams=1&source=${encodeURIComponent(source)}`
    const page = await open(`machine?${run}`)
    const renderer = await page.context().newCDPSession(page)
    await renderer.send('Performance.enable')
    // The time of a processor: that of a clock is the other tests' as well.
    const spent = async () => {
      const { metrics } = await renderer.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'ProcessTime')!.value
    }
    const views = ['attention?kind=encoder', 'attention?kind=cross', 'attention?show=matrix', 'heads?', 'machine?']
    for (const address of views) {
      const times: number[] = []
      // The better of two: the first time, code is compiled and tensors come.
      for (let time = 0; time < 2; time++) {
        await open('nowhere')
        const before = await spent()
        await open(`${address}&${run}`)
        const [view] = address.split('?')
        await page
          .locator(view === 'attention' ? '.view .readout' : `.view.${view} svg.picture`)
          .first()
          .waitFor()
        if (view === 'machine') await page.locator('svg.picture image').first().waitFor()
        times.push((await spent()) - before)
      }
      expect(Math.min(...times), address).toBeGreaterThan(0)
      expect(Math.min(...times), address).toBeLessThan(1)
    }
    await open(`attention?kind=cross&${run}`)
    await page.locator('.view.attention .readout').waitFor()
    expect(await page.locator('svg text[data-token^="target:"]').count()).toBe(target.ids.length)
  })
})
