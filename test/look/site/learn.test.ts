import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { addressOf, drawn } from '../page/inspector.ts'
import { siteInBrowser, violationsOf, withoutSite } from './site.ts'

describe.skipIf(withoutSite)(`the site's page to learn from${withoutSite}`, () => {
  const site = siteInBrowser()
  let page: Page

  beforeAll(async () => {
    page = await site.open('learn.html#s=Merci.&view=tour')
    await drawn(page)
  }, 120_000)

  test('draws every stop for the visitor’s sentence, without the tabs of the inspector', async () => {
    expect(await page.locator('nav[aria-label="Views"]').count()).toBe(0)
    const stops = await page.locator('.tour > ol a').count()
    expect(stops).toBe(16)
    for (let stop = 0; stop < stops - 1; stop++) {
      await page.locator('.tour > ol a').nth(stop).click()
      await page.locator('.view svg.picture').first().waitFor()
      expect(await page.locator('.stopped').count(), `stop ${stop}`).toBe(0)
    }
    expect(addressOf(page)).toMatchObject({ view: 'tour', parameters: { source: 'Merci.', stop: '14' } })
  })

  test('trains six words until they are probable, and its slider goes back to the first step', async () => {
    await page.goto(`${site.url}learn.html#s=Merci.&view=tour&stop=15`)
    await page.click('.lesson button:has-text("Train")')
    await page.locator('.lesson output', { hasText: '60 of 60' }).waitFor()
    const said = () => page.textContent('.learned')
    expect(await said()).toContain('the model says: i am a student')
    expect(Number(/loss of ([\d.]+)/.exec((await said())!)![1])).toBeLessThan(0.1)
    await page.fill('.lesson input[type=range]', '0')
    await page.locator('.learned', { hasText: 'Before the first step' }).waitFor()
    expect(addressOf(page).parameters.at).toBe('0')
  })

  test('a link to a step of another task trains it, and shows the example of the link', async () => {
    const linked = await site.open('learn.html#s=Merci.&view=tour&stop=15&task=numbers&example=37&at=40')
    await linked.locator('.lesson output', { hasText: '40 of 200' }).waitFor()
    expect(await linked.textContent('.lesson form')).toContain('thirty seven')
    await linked.close()
  })

  test('has no violation that axe-core finds, and fits a phone', async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, bypassCSP: true }
    const small = await site.open('learn.html#view=tour&stop=15&at=60', phone)
    await small.locator('.lesson output', { hasText: '60 of 60' }).waitFor()
    expect(await violationsOf(small)).toEqual([])
    expect(await small.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await small.close()
  })
})
