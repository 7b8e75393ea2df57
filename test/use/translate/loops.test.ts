import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { backendNames, quickest } from './backend-names.ts'
import { tatoeba } from './lines.ts'

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load(undefined, { backend: quickest, workers: 1 })
})
afterAll(() => translator.close())

/** The first token of a translation that writes letters. */
const lettersOf = ({ ids }: { ids: readonly number[] }) =>
  ids.find((id) => /\p{L}/u.test(translator.tokenizer!.decode([id])))!

const REPEATED = /(.{1,24})\1{3}/u
/** Text unlike the training data, on which the embedded model stammers. */
const rough = [
  'QZXJ VWKQ XKCD ZZGT',
  '⟦⟧⟦⟧ ⟪x⟫',
  'xqzt xqzt xqzt kkw',
  'ŁÓDŹ ŻÓŁĆ ĄĘ',
  'LXXVIII MCMXC KJQ ZWV',
  'ςφχψω θδξ λπ',
]

describe(`a search that repeats itself (${backendNames[0]})`, () => {
  it.each([1, 4])('is cut, and streams the same text, %i beams', async (beams) => {
    // So high a bias of the last tokens makes any model loop.
    const looping = lettersOf(await translator.translate('Bonjour.', { beams: 1 }))
    const sequenceBias = [[[looping], 16]] as const
    const options = { beams, sequenceBias, maxTokens: 40 }
    const kept = await translator.translate(rough, { ...options, loops: 'keep' })
    expect(kept.filter(({ text }) => REPEATED.test(text)).length).toBeGreaterThan(2)
    const cut = await translator.translate(rough, options)
    expect(cut.filter(({ text }) => REPEATED.test(text))).toEqual([])
    if (beams === 1) expect(cut.map(({ finishReason }) => finishReason)).toContain('loop')
    for (const [i, source] of rough.entries()) {
      let streamed = ''
      for await (const { text } of translator.stream(source, options)) streamed += text
      expect(streamed).toBe(cut[i].text)
    }
  })

  it('is reported for a text of several sentences, and samples are cut too', async () => {
    const looping = lettersOf(await translator.translate('Bonjour.', { beams: 1 }))
    const sequenceBias = [[[looping], 20]] as const
    const options = { beams: 1, sequenceBias, maxTokens: 40, split: 'always' } as const
    expect(await translator.translate('Bonjour. Merci.', options)).toMatchObject({ finishReason: 'loop' })
    const { alternatives } = await translator.translate('Bonjour.', { ...options, sample: true, alternatives: 3 })
    expect(alternatives!.map(({ finishReason }) => finishReason)).toEqual(['loop', 'loop', 'loop'])
  })

  it('is cut in the example of docs/text.md', async () => {
    expect(await translator.translate('tralala tralala', { beams: 1 })).toMatchObject({
      text: 'Trala',
      finishReason: 'loop',
    })
  })

  it('returns as many alternatives as are asked for', async () => {
    const looping = lettersOf(await translator.translate('Bonjour.', { beams: 1 }))
    const options = { beams: 4, alternatives: 4, sequenceBias: [[[looping], 30]] as const, maxTokens: 20 }
    const { alternatives } = await translator.translate('Bonjour.', options)
    expect(alternatives!.every(({ text }) => !REPEATED.test(text))).toBe(true)
  })

  it('changes nothing in text that does not repeat itself', async () => {
    const some = tatoeba(30)
    expect(await translator.translate(some)).toEqual(await translator.translate(some, { loops: 'keep' }))
  })

  it('continues in generate(), as in transformers', async () => {
    const looping = lettersOf(await translator.translate('Bonjour.', { beams: 1 }))
    const settings = { sequence_bias: [[[looping], 20]], num_beams: 1, max_new_tokens: 12 }
    const [{ ids: generated }] = await translator.generate(translator.tokenizer.encode('Bonjour.'), settings)
    expect(generated).toEqual([...Array(11).fill(looping), translator.model.config.ids.end])
  })
})
