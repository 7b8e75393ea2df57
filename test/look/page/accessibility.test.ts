import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { browserPath, drawn, inspector, without } from './inspector.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  nodes: { html: string; failureSummary: string }[]
}

const addresses = [
  'machine?part=encoder.0.feedForward',
  'attention?token=source:1',
  'attention?kind=cross&show=matrix&ends=hidden&words=whole',
  'heads?kind=decoder',
  'neuron',
  'decoding?step=1',
  'beams',
  'positions',
  'lens',
  'experiment?off=decoder.1.crossAttention:0',
  'why?token=target:2',
  'why?step=1&by=integrated&against=best',
  'sweep?other=Je+suis+professeur.',
  'sweep?swept=crossHeads',
  'tour?stop=1',
  'tour?stop=5',
  'tour?stop=6&token=target:2&off=decoder.1.crossAttention:3',
  'tour?stop=9&reference=I+am+a+pupil.',
  'attention?layer=99',
]

describe.skipIf(!browserPath)(`axe-core finds no violation${without}`, () => {
  const { open } = inspector()
  let page: Page

  beforeAll(async () => {
    // The policy of the page lets no script in but its own: here the test's is let in as well.
    page = await open('machine', { bypassCSP: true })
    await page.evaluate(axe)
  })

  test.for(addresses)('in %s', async (address) => {
    await page.emulateMedia({ colorScheme: addresses.indexOf(address) % 2 ? 'dark' : 'light' })
    await page.goto(page.url().replace(/#.*/, `#${address}`))
    await page.waitForLoadState('networkidle')
    await drawn(page)
    const { violations } = (await page.evaluate('axe.run()')) as { violations: Violation[] }
    const told = violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    )
    expect(told).toEqual([])
  })
})
