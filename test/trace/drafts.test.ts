import { afterAll, describe, expect, it } from 'vitest'
import { svgText } from '#dist/draw/marks/svg-text.js'
import { Translator } from '#dist/index.js'
import { confidencePicture } from '#dist/trace/figure/pictures.js'

describe('a trace of a search with a draft', async () => {
  const translator = await Translator.load('fr-en', { workers: 1, threads: 1 })
  afterAll(() => translator.close())
  const text = 'Le chat dort sur la table.'
  const traced = (draft: string | number[] | null) => translator.inspect(text, { steps: 1, beams: 1, draft })

  it('says of each step which token was drafted for it, and whether the search chose it', async () => {
    const plain = await traced(null)
    expect(plain.steps.every(({ draft }) => draft === undefined)).toBe(true)
    const { ids } = plain.target
    const right = await traced(ids)
    expect(right.target).toEqual(plain.target)
    const drafted = right.steps.flatMap(({ draft, chosen }) => (draft ? [{ draft, chosen }] : []))
    expect(drafted.length).toBeGreaterThan(2)
    for (const { draft, chosen } of drafted)
      expect(draft).toEqual({ id: chosen.id, token: chosen.token, isAccepted: true })
    const wrong = await traced(ids.map((id) => (id + 5) % 4000))
    expect(wrong.target).toEqual(plain.target)
    const refused = wrong.steps.flatMap(({ draft, chosen }) =>
      draft ? [[draft.isAccepted, draft.id === chosen.id]] : [],
    )
    expect(refused.length).toBeGreaterThan(0)
    for (const each of refused) expect(each).toEqual([false, false])
  })

  it('is drawn: accepted and refused tokens have marks', async () => {
    const trace = await traced('The cat sleeps on the table.')
    const marks = svgText(confidencePicture(trace), 'light').match(/data-draft="(accepted|refused)"/g) ?? []
    const kinds = trace.steps.flatMap(({ draft }) => (draft ? [draft.isAccepted ? 'accepted' : 'refused'] : []))
    expect(marks).toEqual(kinds.map((kind) => `data-draft="${kind}"`))
    expect(new Set(kinds)).toEqual(new Set(['accepted', 'refused']))
  })
})
