import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { addressOf, browserPath, inspector, marksOf, shownPiece, textsOf, without } from './inspector.ts'

const source = 'Je suis étudiant.'

describe.skipIf(!browserPath)(`views of the model's choices${without}`, () => {
  const all = inspector()
  const { open } = all

  /** Each bar of a step: its id, and the probability in percent. */
  async function barsOf(page: Page) {
    const ids = await marksOf(page, '.view.decoding svg [data-rank]', 'id')
    const texts = await textsOf(page, '.view.decoding svg [data-rank]', 'text')
    return ids.map((id, i) => ({ id: Number(id), percents: Number.parseFloat(texts[i]?.[1]) }))
  }

  test('decoding shows the most probable tokens of each step, and scrubs through them', async () => {
    const { steps } = await all.translator.inspect(source, { steps: 10 })
    const page = await open('decoding?step=1')
    const expectStep = async (step: number) => {
      await expect.poll(() => page.textContent('output')).toBe(`${step + 1} of ${steps.length}`)
      const bars = await barsOf(page)
      expect(bars.map(({ id }) => id)).toEqual(steps[step].top.map(({ id }) => id))
      for (const [i, { percents }] of bars.entries())
        expect(Math.abs(percents - 100 * Math.exp(steps[step].top[i].logProbability))).toBeLessThan(0.051)
    }
    await expectStep(1)
    await page.click('button:has-text("Next")')
    await expectStep(2)
    await page.focus('input[type="range"]')
    await page.keyboard.press('End')
    await expectStep(steps.length - 1)
    await page.click('svg [data-step="0"]')
    await expectStep(0)
    expect(addressOf(page).parameters.step).toBe('0')
  })

  test('a click on another token forces it and continues from there; the trail leads back', async () => {
    const { steps, target } = await all.translator.inspect(source, { steps: 10 })
    const [, , other] = steps[0].top
    const forced = await all.translator.inspect(source, {
      interventions: [{ kind: 'force', step: 0, token: other.id }],
      steps: 10,
    })
    const page = await open('decoding')
    const tokens = async () => (await page.locator('.token[data-token^="target:"]').allTextContents()).join(' ')
    const before = await tokens()
    await page.click(`svg [data-id="${other.id}"]`)
    await expect.poll(async () => (await barsOf(page)).map(({ id }) => id)).toContain(other.id)
    expect(addressOf(page).parameters.force).toBe(`0:${other.id}`)
    await expect.poll(() => page.locator('.token[data-token^="target:"]').count()).toBe(forced.target.ids.length)
    await page.locator('.trail').waitFor()
    expect(await page.textContent(`svg [data-id="${other.id}"]`)).toContain('forced')
    // A second one, by the keyboard, further on.
    await page.click('svg [data-step="1"]')
    const [, second] = forced.steps[1].top
    await page.focus(`svg [data-id="${second.id}"]`)
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.trail li').count()).toBe(3)
    expect(addressOf(page).parameters.force).toBe(`0:${other.id},1:${second.id}`)
    await page.click('[aria-label="Take back step 2"]')
    await expect.poll(() => addressOf(page).parameters.force).toBe(`0:${other.id}`)
    await page.click('button:has-text("Reset")')
    await expect.poll(tokens).toBe(before)
    expect(await page.locator('.token[data-token^="target:"]').count()).toBe(target.ids.length)
  })

  test('the beam tree has every hypothesis, and its results are those of translate', async () => {
    const sentence = 'Elle a ouvert la porte et est sortie sans dire un mot.'
    const beams = 3
    const trace = await all.translator.inspect(sentence, { beams, beamTree: true })
    const translated = await all.translator.translate(sentence, { beams, alternatives: beams })
    const page = await open(`beams?beams=${beams}&source=${encodeURIComponent(sentence)}`)
    await page.locator('.view.beams svg').waitFor()
    const { nodes, results, stopped } = trace.beams!
    expect(await page.locator('svg [data-node]').count()).toBe(nodes.length)
    for (const node of [1, results[0], nodes.length - 1]) {
      const box = page.locator(`svg [data-node="${node}"]`)
      expect(await box.getAttribute('data-state')).toBe(nodes[node].state)
      expect(await box.locator('title').textContent()).toContain(
        `log-probability ${nodes[node].logProbability.toFixed(4)}, sum ${nodes[node].sum.toFixed(4)}, score ${nodes[node].score.toFixed(4)}`,
      )
    }
    const rows = await textsOf(page, '.results tbody tr', 'td')
    const alternatives = translated.alternatives!
    expect(rows.map((row) => row[4])).toEqual(alternatives.map(({ text }) => text))
    for (const [i, [, score]] of rows.entries())
      expect(Number(score.replace('−', '-'))).toBeCloseTo(alternatives[i].score, 3)
    expect(await page.textContent('svg.picture')).toContain(`Stopped: ${stopped}.`)
  })

  test('beams and length penalty are chosen on the page', async () => {
    const page = await open('beams')
    const count = () => page.locator('.results tbody tr').count()
    await expect.poll(count).toBe(4)
    await page.click('fieldset button:text-is("8")')
    await expect.poll(count).toBe(8)
    const score = async () => Number((await page.textContent('.results tbody td:nth-child(2)'))!.replace('−', '-'))
    await page.fill('input[type="number"]', '0')
    await page.keyboard.press('Enter')
    const { beams } = await all.translator.inspect(source, { beams: 8, lengthPenalty: 0, beamTree: true })
    const best = beams!.nodes[beams!.results[0]]
    expect(best.score).toBeCloseTo(best.sum, 6)
    await expect.poll(score).toBeCloseTo(best.sum, 3)
    expect(addressOf(page).parameters).toMatchObject({ beams: '8', penalty: '0' })
  })

  test('a head that is switched off is off in the model, and differences are marked', async () => {
    const off = Array.from({ length: 4 }, (_, head) => ({
      kind: 'headOff' as const,
      attention: 'decoder.1.crossAttention',
      head,
    }))
    const before = await all.translator.inspect(source)
    const after = await all.translator.inspect(source, { interventions: off })
    expect(after.target.text).not.toBe(before.target.text)
    const page = await open('experiment')
    expect(await page.locator('.heads-off input').count()).toBe(6 * 4 + 2 * 2 * 4)
    await page.uncheck('[aria-label="decoder layer 1, cross-attention, head 2"]')
    await page.locator('.side[aria-label="Changed"]').waitFor()
    expect(addressOf(page).parameters.off).toBe('decoder.1.crossAttention:2')
    await page.click('[aria-label="decoder layer 1, cross-attention: all off"]')
    const tokens = (side: string) => page.locator(`[aria-label="${side}: translation"] li`)
    await expect.poll(() => tokens('Changed').count()).toBe(after.target.tokens.length)
    expect(await tokens('As it is').count()).toBe(before.target.tokens.length)
    const isIn = new Set(before.target.tokens)
    const news = after.target.tokens.filter((token) => !isIn.has(token))
    const marked = await page.locator('[aria-label="Changed: translation"] mark').allTextContents()
    for (const token of news) expect(marked).toContain(shownPiece(token))
    // Other views show the same run.
    await page.click('nav a:has-text("Decoding")')
    await expect
      .poll(async () => (await marksOf(page, '.token[data-token^="target:"]', 'token')).length)
      .toBe(after.target.ids.length)
  })

  test('two sentences stand side by side', async () => {
    const other = 'Je suis médecin.'
    const { target } = await all.translator.inspect(other)
    const page = await open('experiment')
    await page.fill('#other-source', other)
    await page.click('button:has-text("Compare")')
    await expect.poll(() => page.locator('[aria-label="Changed: translation"] li').count()).toBe(target.tokens.length)
    expect(await page.locator('[aria-label="As it is: source"] mark').allTextContents()).toEqual(['étudiant'])
    expect(addressOf(page).parameters).toMatchObject({ other })
    await page.locator('.compared.steps [data-rank="0"]').last().click()
    await page.locator('.view.decoding').waitFor()
    expect(addressOf(page).parameters).toMatchObject({ source: other })
  })
})
