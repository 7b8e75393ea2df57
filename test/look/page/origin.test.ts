import { describe, expect, test } from 'vitest'
import { browserPath, inspector, without } from './inspector.ts'

describe.skipIf(!browserPath)(`where a number comes from${without}`, () => {
  const { open } = inspector()

  test('is shown after a click on a picture, and its operands lead further back', async () => {
    const page = await open('tour?stop=4&layer=1')
    await page.locator('[data-tensor="encoder.1.selfAttention.query"]').first().click()
    const title = page.locator('#origin-title')
    await expect.poll(() => title.textContent()).toContain('encoder.1.selfAttention.query of')
    await expect.poll(() => page.locator('.part .results tbody tr').count()).toBe(9)
    await page.locator('.part .results td:nth-child(2) button').first().click()
    await expect.poll(() => title.textContent()).toContain('encoder.0.out of')
    await page.goBack()
    await expect.poll(() => title.textContent()).toContain('encoder.1.selfAttention.query of')
  })
})
