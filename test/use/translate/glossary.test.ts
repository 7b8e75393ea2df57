import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { glossaryLines } from '../../../bench/harness/glossary-lines.ts'
import { backendNames, quickest } from './backend-names.ts'

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load(undefined, { backend: quickest, workers: 1 })
})
afterAll(() => translator.close())

describe(`a glossary (${backendNames[0]})`, () => {
  it('sets the translations of terms', async () => {
    const lines = glossaryLines().filter((_, i) => i % 10 === 3)
    const glossary = new Map(lines.map(({ source, target }) => [source, target]))
    const found = await translator.translate(
      lines.map(({ sentence }) => sentence),
      { glossary },
    )
    for (const [i, { text, glossary: terms }] of found.entries()) {
      const { source, sentence } = lines[i]
      const target = glossary.get(source)!
      expect(text.toLowerCase()).toContain(target.toLowerCase())
      const start = sentence.indexOf(source)
      expect(terms).toEqual([{ source, target, start, end: start + source.length, found: true }])
    }
  })

  it('may have several terms in a sentence, and in several sentences', async () => {
    const glossary = { chien: 'hound', voiture: 'automobile', 'la maison': 'the dwelling' }
    const source = 'Le chien dort dans la voiture. La maison est grande.'
    for (const beams of [1, 4]) {
      const { text, glossary: terms } = await translator.translate(source, { glossary, beams })
      for (const word of ['hound', 'automobile', 'he dwelling']) expect(text).toContain(word)
      expect(terms!.map(({ start, end }) => source.slice(start, end))).toEqual(['chien', 'voiture', 'La maison'])
    }
  })

  it('leaves sentences without terms as they are, and streams the same text', async () => {
    const texts = ['Il fait froid.', "J'ai perdu ma clé USB.", 'Je ne sais pas quoi faire.']
    const plain = await translator.translate(texts)
    const glossary = [['clé USB', 'USB stick']] as const
    const found = await translator.translate(texts, { glossary })
    for (const i of [0, 2]) expect(found[i]).toEqual({ ...plain[i], glossary: [] })
    expect(found[1].text).toContain('USB stick')
    const whole = texts.join(' ')
    let streamed = ''
    for await (const { text } of translator.stream(whole, { glossary })) streamed += text
    expect(streamed).toBe((await translator.translate(whole, { glossary })).text)
  })

  it('reports impossible terms', async () => {
    const reason = async (target: string, options = {}) =>
      (await translator.translate("J'ai perdu ma clé.", { ...options, glossary: { clé: target } })).glossary
    const term = { source: 'clé', start: 14, end: 17, found: false }
    expect(await reason('\u{10fffd}')).toEqual([{ ...term, target: '\u{10fffd}', reason: 'vocabulary' }])
    expect(await reason('a very long term of many words', { maxTokens: 3 })).toMatchObject([
      { ...term, reason: 'length' },
    ])
    const suppress = translator.tokenizer.encodeTarget('hound', { special: false })
    expect(await reason('hound', { suppress })).toMatchObject([{ ...term, reason: 'search' }])
  })

  it('refuses an invalid glossary, and names the place', async () => {
    const wrong = (glossary: unknown, options = {}) =>
      expect(translator.translate('Bonjour.', { ...options, glossary: glossary as never })).rejects
    await wrong('clé').toThrow(/option 'glossary' must be an object, a Map or a list of pairs/)
    await wrong([['a', 'b'], ['c']]).toThrow(/option 'glossary', entry 1: it must be a pair/)
    await wrong({ a: 1 }).toThrow(/entry 0: the translation must be a text/)
    await wrong({ a: 'b' }, { sample: true }).toThrow(/'glossary' cannot go with sample/)
    await expect(translator.translate([5, 6], { glossary: { a: 'b' } })).rejects.toMatchObject({ code: 'ERR_INPUT' })
  })
})
