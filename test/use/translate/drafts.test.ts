import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TranslateOptions, Translator } from '#dist/index.js'
import { glassformer } from '../../cli/command.ts'
import { copy, edit } from '../../files/folders/edited-folder.ts'
import { backendNames, quickest } from './backend-names.ts'

const text =
  'Bonjour, je voudrais réserver une table pour deux personnes ce soir. Le chat dort sur la table.\nIl fait beau.'

describe.each(backendNames)('drafts, %s', (backend) => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { backend, workers: 1 })
  })
  afterAll(() => translator.close())

  /** A translation, and how many tokens were drafted and right meanwhile. */
  async function counted(source: string, options: TranslateOptions) {
    const before = translator.statistics()
    const translation = await translator.translate(source, { beams: 1, ...options })
    const after = translator.statistics()
    const [drafted, accepted] = (['draftedTokens', 'acceptedTokens'] as const).map((name) => after[name] - before[name])
    return { translation, drafted, accepted }
  }

  it('a text is cut into sentences, each of which is the draft of the sentence in its place', async () => {
    const plain = await counted(text, {})
    expect([plain.drafted, plain.accepted]).toEqual([0, 0])
    const again = await counted(text, { draft: plain.translation.text })
    expect(again.translation).toEqual(plain.translation)
    expect(again.accepted).toBeGreaterThan(15)
  })

  it('while a sentence is typed, its last translation is the draft of the next', async () => {
    const words = 'Le petit chat noir dort tous les jours sur la table de la cuisine .'.split(' ')
    let [draft, accepted] = ['', 0]
    for (let count = 3; count <= words.length; count++) {
      const typed = words.slice(0, count).join(' ')
      const plain = await counted(typed, {})
      const drafted = await counted(typed, { draft })
      expect(drafted.translation).toEqual(plain.translation)
      draft = drafted.translation.text
      accepted += drafted.accepted
    }
    expect(accepted).toBeGreaterThan(20)
  })

  it.each<[string, TranslateOptions]>([
    ['lookup', { draft: 'lookup' }],
    ['a draft of fewer sentences', { draft: 'Hello.' }],
    ['a draft of more sentences', { draft: 'Hello. '.repeat(20) }],
    ['a draft in other letters', { draft: 'Привет 😀' }],
    ['an empty draft', { draft: '' }],
    ['ids', { draft: [5, 6, 7] }],
    ['beams', { beams: 3, draft: 'Hello.' }],
    ['a glossary', { draft: 'lookup', glossary: { chat: 'kitten' } }],
    ['a sample', { draft: 'Hello, I would like to book a table.', sample: true, seed: 5 }],
    ['a shortened translation', { draft: 'lookup', maxTokens: 3 }],
    ['a stop', { draft: 'Hello, I would like to book a table.', stopStrings: ['table'] }],
  ])('%s changes nothing', async (_, options) => {
    const { draft, ...others } = options
    expect((await counted(text, options)).translation).toEqual((await counted(text, others)).translation)
  })

  it('a stream tells the same text', async () => {
    const { translation } = await counted(text, {})
    let streamed = ''
    for await (const piece of translator.stream(text, { beams: 1, draft: translation.text })) streamed += piece.text
    expect(streamed).toBe(translation.text)
  })

  it('an abort ends a translation with a draft', async () => {
    const controller = new AbortController()
    const many = Array(400).fill(text)
    const translating = translator.translate(many, { beams: 1, draft: 'lookup', signal: controller.signal })
    setTimeout(() => controller.abort(), 20)
    await expect(translating).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    expect((await counted('Je suis étudiant.', { draft: 'I am a' })).translation.text).toBe('I am a student.')
  })

  it('generate follows prompt_lookup_num_tokens', async () => {
    const source = [31, 77, 204, 9, 1200, 55, 31, 77, 204, 9, 61, 12]
    const settings = { max_new_tokens: 30, num_beams: 1 }
    const before = translator.statistics().draftedTokens
    const told: number[] = []
    const looked = await translator.generate(source, {
      ...settings,
      prompt_lookup_num_tokens: 3,
      max_matching_ngram_size: 1,
      streamer: (_, ids) => told.push(ids.length),
    })
    expect(looked).toEqual(await translator.generate(source, settings))
    expect(translator.statistics().draftedTokens).toBeGreaterThan(before)
    expect(told).toEqual([...told].sort((a, b) => a - b))
    await expect(translator.generate(source, { prompt_lookup_num_tokens: 0 })).rejects.toMatchObject({
      code: 'ERR_OPTION',
    })
  })
})

describe('where drafts are asked for', () => {
  it('a folder asks for lookups, and a call for none', async () => {
    const folder = edit(copy(), 'generation_config.json', (json) =>
      Object.assign(json, { num_beams: 1, prompt_lookup_num_tokens: 4 }),
    )
    await using translator = await Translator.load(folder, { backend: quickest, workers: 1 })
    expect(translator.model.defaults).toMatchObject({ draft: 'lookup', draftTokens: 4 })
    expect(translator.model.unsupported).toEqual([])
    expect(await translator.translate([5, 8, 13])).toEqual(await translator.translate([5, 8, 13], { draft: null }))
  })

  it('ids outside the vocabulary, and what is no draft, are refused', async () => {
    await using translator = await Translator.load(undefined, { backend: quickest, workers: 1 })
    await expect(translator.translate(text, { draft: [1e6] })).rejects.toThrow(/option 'draft' names id 1000000/)
    await expect(translator.translate(text, { draft: 3 as never })).rejects.toThrow(
      /'lookup', a text, or a list of ids/,
    )
    await expect(translator.translate(text, { draftTokens: 0 })).rejects.toThrow(/draftTokens/)
  })

  it('a kept result is found again with another draft', async () => {
    await using translator = await Translator.load(undefined, { backend: quickest, workers: 1, cacheBytes: 1 << 20 })
    await translator.translate(text, { beams: 1 })
    await translator.translate(text, { beams: 1, draft: 'lookup' })
    expect(translator.statistics().cache.hits).toBe(1)
  })

  it('glassformer translate takes --draft', async () => {
    const args = ['translate', '--beams', '1', 'Le chat dort.']
    const plain = await glassformer(args)
    for (const draft of ['lookup', 'The cat sleeps.']) {
      const { code, stdout } = await glassformer([...args, '--draft', draft, '--draft-tokens', '5'])
      expect([code, stdout]).toEqual([0, plain.stdout])
    }
  })
})
