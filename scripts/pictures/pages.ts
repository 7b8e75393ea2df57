import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { inspectedModels } from '../../dist/cli/inspect/inspected-model.js'
import { serveInspector } from '../../dist/cli/inspect/server.js'
import { Translator } from '../../dist/index.js'
import { findOnPath } from '../native-build.mjs'
import type { Kind } from './kind.ts'

const sentence = 'Le chat de la voisine dort devant la fenêtre.'

/** A view of the page, and the options of its picture. */
interface View {
  address: string
  dark?: boolean
  width?: number
  source?: string
}

/** The address of each view, and the options of its picture, by default wide and light. */
const views: Record<string, View> = {
  'inspector/machine.png': { address: 'machine' },
  'inspector/attention.png': { address: 'attention?kind=encoder&layer=1&token=source:1' },
  'inspector/matrix.png': {
    address: 'attention?kind=cross&layer=1&show=matrix&sum=mean&words=whole',
    dark: true,
    width: 800,
  },
  'inspector/heads.png': { address: 'heads?kind=encoder' },
  'inspector/neuron.png': { address: 'neuron?kind=cross&layer=1&head=1&token=target:1' },
  'inspector/decoding.png': { address: 'decoding?step=1' },
  'inspector/beams.png': { address: 'beams?beams=3', source: 'Merci beaucoup.' },
  'inspector/positions.png': { address: 'positions', dark: true, width: 800 },
  'inspector/lens.png': { address: 'lens' },
  'inspector/why.png': { address: 'why?token=target:1' },
  'inspector/sweep.png': { address: 'sweep?other=Le+chien+de+la+voisine+dort+devant+la+fen%C3%AAtre.' },
  'inspector/tour.png': { address: 'tour?stop=6&token=target:1&off=decoder.1.crossAttention:3' },
  'inspector/experiment.png': {
    address: 'experiment?off=decoder.1.crossAttention:0,decoder.1.crossAttention:1',
  },
}

/**
 * The inspector's page on the embedded model, view by view, in Chromium (`CHROMIUM`, or the one on PATH). Where pngquant
 * is on PATH, it leaves 128 colors, as in the committed pictures: a third of the size.
 */
export const pages: Kind = {
  files: Object.keys(views),
  async make(files, folder) {
    const executablePath = process.env.CHROMIUM ?? findOnPath('chromium') ?? findOnPath('google-chrome')
    if (!executablePath) throw new Error('pictures of the page need Chromium on PATH, or in the variable CHROMIUM')
    const translator = await Translator.load()
    const server = await serveInspector({ models: inspectedModels([translator]), source: sentence, port: 0 })
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    try {
      for (const file of files) {
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        await take({ ...views[file], browser, url: server.url, path: join(folder, file) })
      }
    } finally {
      await browser.close()
      await server.close()
      await translator.close()
    }
  },
}

type Taken = View & { browser: Browser; url: string; path: string }

async function take({ browser, url, address, path, dark = false, width = 1040, source = sentence }: Taken) {
  const page = await browser.newPage({ viewport: { width, height: 500 }, colorScheme: dark ? 'dark' : 'light' })
  await page.goto(`${url}#${address}${address.includes('?') ? '&' : '?'}source=${encodeURIComponent(source)}`)
  await page.locator('.view svg.picture').first().waitFor()
  await page.waitForLoadState('networkidle')
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  await page.screenshot({ path, fullPage: true })
  const reducer = findOnPath('pngquant')
  if (reducer) execFileSync(reducer, ['128', '--force', '--output', path, path])
  await page.close()
}
