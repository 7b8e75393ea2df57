import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { backendNames, quickest } from './backend-names.ts'

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load(undefined, { backend: quickest })
})
afterAll(() => translator.close())

const text = 'Je ne sais pas quoi faire.'

describe(`why a translation ends (${backendNames[0]})`, () => {
  // The embedded model's folder forces the end at the limit, so that a cut translation has an end too.
  it.each([
    [1, undefined],
    [4, undefined],
    [1, null],
    [4, null],
  ])('is that it was cut at its limit, or that the model ended it (%i beams, forcedLast %o)', async (beams, forced) => {
    const options = { beams, ...(forced === null && { forcedLast: null }) }
    const whole = await translator.translate(text, options)
    expect(whole.finishReason).toBe('end')
    expect(await translator.translate(text, { ...options, maxTokens: 3 })).toMatchObject({ finishReason: 'length' })
    const exact = await translator.translate(text, { ...options, maxTokens: whole.ids.length + 1 })
    expect(exact.finishReason).toBe('end')
  })

  it('is reported for each alternative', async () => {
    const seen = new Set<string>()
    for (const maxTokens of [4, 8, 10, 40]) {
      const { alternatives } = await translator.translate(text, { beams: 4, alternatives: 4, maxTokens })
      for (const { ids, finishReason } of alternatives!) {
        expect(finishReason).toBe(ids.length < maxTokens ? 'end' : 'length')
        seen.add(finishReason)
      }
    }
    expect(seen).toEqual(new Set(['end', 'length']))
  })

  it('for a text of several sentences is that one was cut, or that all have ended', async () => {
    const options = { beams: 1, split: 'always', maxTokens: 6 } as const
    expect(await translator.translate('Oui. Non.', options)).toMatchObject({ finishReason: 'end' })
    expect(await translator.translate(`Oui. ${text}`, options)).toMatchObject({ finishReason: 'length' })
    expect(translator.translateSync(`${text} Oui.`, options)).toMatchObject({ finishReason: 'length' })
  })

  it('for an empty text is that it has ended', async () => {
    expect(await translator.translate('')).toMatchObject({ text: '', finishReason: 'end' })
  })
})
