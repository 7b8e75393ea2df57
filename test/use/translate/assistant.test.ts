import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { AutoModelForSeq2SeqLM } from '#dist/use/pipelines/index.js'

const texts = [
  'Le rapport, que les membres ont lu hier, décrit comment la ville veut réduire le bruit des voitures.',
  'Merci. Où est la gare ?',
]
const one = { workers: 1, threads: 1, precision: 'float32' } as const

describe('LoadOptions.assistant', async () => {
  const plain = await Translator.load('fr-en', one)
  const helped = await Translator.load('fr-en', { ...one, assistant: 'int8' })
  afterAll(async () => {
    await plain.close()
    await helped.close()
  })

  it('changes no translation, and drafts most of it', async () => {
    const expected = await plain.translate(texts, { beams: 1 })
    expect(await helped.translate(texts, { beams: 1 })).toEqual(expected)
    expect(helped.translateSync(texts, { beams: 1 })).toEqual(expected)
    const { draftedTokens, acceptedTokens } = helped.statistics()
    expect(acceptedTokens).toBeGreaterThan(10)
    expect(acceptedTokens).toBeGreaterThan(draftedTokens / 2)
    expect(plain.statistics().draftedTokens).toBe(0)
  })

  it('leaves beams as they are, and another draft its place', async () => {
    expect(await helped.translate(texts, { beams: 4 })).toEqual(await plain.translate(texts, { beams: 4 }))
    const before = helped.statistics().draftedTokens
    const draft = 'The report.'
    expect(await helped.translate(texts[0], { beams: 1, draft })).toEqual(
      await plain.translate(texts[0], { beams: 1, draft }),
    )
    expect(helped.statistics().draftedTokens).toBeGreaterThan(before)
  })

  it('is refused where it is no model with the same vocabulary', async () => {
    const t5 = fileURLToPath(new URL('../../golden/hub/t5/model', import.meta.url))
    await expect(Translator.load('fr-en', { ...one, assistant: t5 })).rejects.toMatchObject({ code: 'ERR_OPTION' })
    await expect(Translator.load('fr-en', { ...one, assistant: './nowhere' })).rejects.toMatchObject({
      code: 'ERR_FILE',
    })
  })
})

describe('assistant_model', () => {
  it('is a folder or a model, and gives the ids of generate() without it', async () => {
    const translator = await Translator.load('fr-en', one)
    const ids = texts.map((text) => translator.tokenizer.encode(text))
    const settings = { num_beams: 1, max_new_tokens: 40 }
    const expected = await translator.generate(ids, settings)
    expect(await translator.generate(ids, { ...settings, assistant_model: 'bfloat16' })).toEqual(expected)
    expect(translator.statistics().acceptedTokens).toBeGreaterThan(10)
    const { path } = translator.model
    const model = await AutoModelForSeq2SeqLM.from_pretrained(path, { dtype: 'fp32' })
    const assistant = await AutoModelForSeq2SeqLM.from_pretrained(path, { dtype: 'q8' })
    const found = await model.generate({
      inputs: [ids[0]],
      ...settings,
      assistant_model: assistant,
      num_assistant_tokens: 5,
    })
    expect((found.tolist() as bigint[][])[0].map(Number)).toEqual(expected[0][0].sequence)
    for (const one of [translator, model, assistant]) await ('close' in one ? one.close() : one.dispose())
  })

  it('is refused as anything else', async () => {
    const translator = await Translator.load('fr-en', one)
    for (const assistant_model of [7, {}])
      await expect(translator.generate([5, 0], { assistant_model } as never)).rejects.toMatchObject({
        code: 'ERR_OPTION',
      })
    await translator.close()
  })
})
