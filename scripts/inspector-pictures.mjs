/** Takes the pictures of docs/inspector.md anew: every view of the page on the embedded model, in Chromium. Compile before. */
import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { inspectedModels } from '../dist/cli/inspect/inspected-model.js'
import { serveInspector } from '../dist/cli/inspect/server.js'
import { Translator } from '../dist/index.js'

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../docs/pictures/inspector')
const sentence = 'Le chat de la voisine dort devant la fenêtre.'

/** Each picture's address, and how it is taken where it is not wide and light. */
const pictures = [
  { name: 'machine', address: 'machine?' },
  { name: 'attention', address: 'attention?kind=encoder&layer=1&token=source:1' },
  { name: 'matrix', address: 'attention?kind=cross&layer=1&show=matrix&sum=mean&words=whole', dark: true, width: 800 },
  { name: 'heads', address: 'heads?kind=encoder' },
  { name: 'neuron', address: 'neuron?kind=cross&layer=1&head=1&token=target:1' },
  { name: 'decoding', address: 'decoding?step=1' },
  { name: 'beams', address: 'beams?beams=3', source: 'Merci beaucoup.' },
  { name: 'positions', address: 'positions', dark: true, width: 800 },
  { name: 'lens', address: 'lens?' },
  { name: 'experiment', address: 'experiment?off=decoder.1.crossAttention:0,decoder.1.crossAttention:1' },
]

mkdirSync(folder, { recursive: true })
const translator = await Translator.load()
const server = await serveInspector({ models: inspectedModels([translator]), source: 'Merci.', port: 0 })
const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
for (const { name, address, dark, width = 1040, source = sentence } of pictures) {
  const page = await browser.newPage({ viewport: { width, height: 500 }, colorScheme: dark ? 'dark' : 'light' })
  await page.goto(`${server.url}#${address}&source=${encodeURIComponent(source)}`.replace(/#(\w+)&/, '#$1?'))
  await page.locator('.view svg.picture').first().waitFor()
  await page.waitForLoadState('networkidle')
  await page.waitForTimeout(300)
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
  await page.close()
}
await browser.close()
await server.close()
await translator.close()
