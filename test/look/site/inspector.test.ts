import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { addressOf, drawn } from '../page/inspector.ts'
import { inspectorViews, siteInBrowser, violationsOf, withoutSite } from './site.ts'

describe.skipIf(withoutSite)(`the site's inspector${withoutSite}`, () => {
  const site = siteInBrowser()
  const asked: string[] = []
  let page: Page

  beforeAll(async () => {
    page = await site.open('inspector.html#s=Il+fait+beau.&view=attention&head=2', {}, asked)
    await drawn(page)
  }, 120_000)

  test('opens at the sentence, view and head of a link', async () => {
    expect(await page.inputValue('#source')).toBe('Il fait beau.')
    await page.locator('.view.attention svg path[data-head="2"]').first().waitFor()
    expect(await page.locator('.view svg path[data-head="0"]').count()).toBe(0)
  })

  test('shows every view without a server', async () => {
    for (const view of inspectorViews) {
      await page.click(`nav a[href*="view=${view}"]`)
      await page.locator(`.view.${view} :is(svg.picture, .token)`).first().waitFor()
      expect(await page.locator('.stopped').count(), view).toBe(0)
    }
    await page.click('nav a[href*="view=why"]')
    await page.goto(`${site.url}inspector.html#s=Il+fait+beau.&view=why&token=target:1`)
    await page.locator('.view.why svg.picture').first().waitFor()
    await page.goto(`${site.url}inspector.html#s=Il+fait+beau.&view=sweep&other=Il+fait+froid.`)
    await page.locator('.view.sweep svg.picture').first().waitFor()
    expect(asked.filter((request) => request.startsWith('POST'))).toEqual([])
  })

  test('takes a sentence, which its link has', async () => {
    await page.fill('#source', 'Merci beaucoup.')
    await page.click('form.source button')
    await page.locator('.strips', { hasText: 'beaucoup' }).waitFor()
    expect(addressOf(page).parameters.source).toBe('Merci beaucoup.')
    expect(new URL(page.url()).hash).toMatch(/^#s=Merci\+beaucoup\.&view=\w+/)
  })

  test('reads a folder of the visitor, beside its own model', async () => {
    const folder = fileURLToPath(new URL('../../../models/en-fr', import.meta.url))
    await page.click('.own-model summary')
    await page.setInputFiles('.model-loader input[type=file]', folder)
    await page.locator('text=en-fr runs in this page, in WebAssembly').waitFor()
    await page.fill('#source', 'Thank you.')
    await page.click('form.source button')
    await page.locator('.strips', { hasText: /merci/i }).waitFor()
    await page.selectOption('.model select', 'fr-en')
    await drawn(page)
    expect(await page.locator('.stopped').count()).toBe(0)
  })

  test('reads a folder that is dropped on it', async () => {
    const files = [
      'config.json',
      'generation_config.json',
      'vocab.json',
      'source.spm',
      'target.spm',
      'model.safetensors',
    ]
    const folder = fileURLToPath(new URL('../../../models/en-fr', import.meta.url))
    const dropped = await site.open('inspector.html#s=Thank+you.&view=attention')
    await drawn(dropped)
    await dropped.click('.own-model summary')
    await dropped.evaluate(
      "document.body.append(Object.assign(document.createElement('input'), { id: 'given', type: 'file', multiple: true }))",
    )
    await dropped.setInputFiles(
      '#given',
      [...files, 'tokenizer_config.json'].map((file) => join(folder, file)),
    )
    await dropped.evaluate(`(() => {
      const transfer = new DataTransfer()
      for (const file of document.getElementById('given').files) transfer.items.add(file)
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
    })()`)
    await dropped.locator('text=runs in this page').waitFor()
    await dropped.close()
  })

  test('has no violation that axe-core finds, and fits a phone', async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, bypassCSP: true }
    const small = await site.open('inspector.html#view=attention', phone)
    await drawn(small)
    expect(await violationsOf(small)).toEqual([])
    expect(await small.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await small.close()
  })
})
