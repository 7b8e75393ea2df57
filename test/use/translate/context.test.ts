import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parameters } from '#dist/engine/weights/parameters.js'
import { writeAdapter } from '#dist/files/folders/adapters/write-adapter.js'
import { TranslationMemory, Translator } from '#dist/index.js'
import { quickest } from './backend-names.ts'

/** The embedded model as one that was trained on texts, for which contexts are read. */
let texts: Translator
const folder = mkdtempSync(join(tmpdir(), 'glassformer-context-'))
let sentences: Translator
beforeAll(async () => {
  cpSync(fileURLToPath(new URL('../../../models/fr-en', import.meta.url)), folder, { recursive: true })
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, trainedOn: 'texts' }))
  texts = await Translator.load(folder, { backend: quickest, workers: 1 })
  sentences = await Translator.load(undefined, { backend: quickest, workers: 1 })
})
afterAll(async () => {
  await Promise.all([texts.close(), sentences.close()])
  rmSync(folder, { recursive: true })
})

const context = 'Marie est avocate. Elle a une voiture rouge.'
const sources = ['Elle est belle.', 'Où est-elle ?', 'Je ne sais pas quoi faire.']

describe('a context', () => {
  it('has the translation that is likeliest after it, if it is clearly likelier than that of the sentence alone', async () => {
    const read = await texts.translate(context, { split: 'always' })
    const before = read.ids.filter((id) => id !== texts.model.config.ids.end)
    for (const source of sources) {
      const { alternatives: alone } = await texts.translate(source, { beams: 4, alternatives: 4 })
      const { alternatives: found } = await texts.translate(source, { beams: 4, alternatives: 4, context })
      // Each translation scored as the end of the whole text, and for the sentence alone.
      const scored = async (list: typeof alone) => {
        const pairs = list!.map(({ ids }) => ({ source: `${context} ${source}`, target: [...before, ...ids] }))
        return (await texts.score(pairs)).map(({ tokenScores }, i) => {
          const own = tokenScores.slice(-list![i].ids.length).reduce((a, b) => a + b, 0)
          return own + (list![i].text === alone![0].text ? 2 : 0)
        })
      }
      const keys = await scored(found)
      for (const [i, key] of keys.entries()) if (i) expect(key).toBeLessThan(keys[i - 1] + 0.05)
      expect(keys[0]).toBeGreaterThan(Math.max(...(await scored(alone))) - 0.05)
      const own = await texts.score(found!.map(({ ids }) => ({ source, target: ids })))
      for (const [i, { tokenScores }] of own.entries())
        for (const [k, score] of tokenScores.entries()) expect(found![i].tokenScores[k]).toBeCloseTo(score, 0)
      expect((await texts.translate(source, { context })).text).toBe(found![0].text)
    }
  })

  it('gives the same for many sources at once, in streams and on the calling thread', async () => {
    const one: string[] = []
    for (const source of sources) one.push((await texts.translate(source, { context })).text)
    expect((await texts.translate(sources, { context })).map(({ text }) => text)).toEqual(one)
    expect(texts.translateSync(sources[0], { context }).text).toBe(one[0])
    let streamed = ''
    for await (const { text } of texts.stream(sources[1], { context })) streamed += text
    expect(streamed).toBe(one[1])
  })

  it('changes nothing for a model that was trained on sentences, and where it is empty', async () => {
    for (const source of sources) {
      expect(await sentences.translate(source, { context })).toEqual(await sentences.translate(source))
      expect(await texts.translate(source, { context: ' \n' })).toEqual(await texts.translate(source))
    }
  })

  it('is read by the adapter of a request, and so is a similar translation', async () => {
    const adapter = join(folder, 'adapter')
    const { config } = texts.model
    const factors = parameters(config)
      .filter(({ name }) => /Attention\.(query|value)\.weight$/.test(name))
      .map(({ name, rows: outputs, width: inputs }, k) => ({
        ...{ parameter: name, rank: 2, inputs, outputs, scale: 1 },
        a: Float32Array.from({ length: 2 * inputs }, (_, i) => Math.sin(i * 7 + k) / 3),
        b: Float32Array.from({ length: 2 * outputs }, (_, i) => Math.cos(i * 3 + k) / 3),
      }))
    writeAdapter(adapter, factors, config, { base: 'fr-en', stabilized: false })
    const loading = { backend: quickest, workers: 1, precision: 'float32' as const }
    await using merged = await Translator.load(folder, { ...loading, adapter })
    await using held = await Translator.load(folder, { ...loading, adapters: { mine: adapter } })
    const memory = TranslationMemory.open(join(folder, 'memory'))
    memory.add('Elle est très belle.', 'She is very beautiful.')
    for (const more of [{ context }, { memory, memoryUse: 'begin' as const }]) {
      const options = { beams: 4, alternatives: 4, maxTokens: 8, ...more }
      const plain = await held.translate('Elle est très petite.', options)
      const own = await held.translate('Elle est très petite.', { ...options, adapter: 'mine' })
      const wanted = await merged.translate('Elle est très petite.', options)
      expect(own.text).toBe(wanted.text)
      expect(own.memory).toEqual(wanted.memory)
      expect(own.alternatives!.map(({ text }) => text)).toEqual(wanted.alternatives!.map(({ text }) => text))
      own.tokenScores.forEach((score, i) => void expect(score).toBeCloseTo(wanted.tokenScores[i], 3))
      expect(own.tokenScores[0]).not.toBeCloseTo(plain.tokenScores[0], 3)
    }
  })

  it('counts with its last sentences where it is long, and goes with terms, tags and packed sentences', async () => {
    const long = `${'Il pleut. '.repeat(300)}${context}`
    expect((await texts.translate(sources[0], { context: long })).finishReason).toBe('end')
    const { text } = await texts.translate('Cliquez <b>ici</b>. Où est ma clé USB ?', {
      context,
      split: 'packed',
      glossary: { 'clé USB': 'USB stick' },
    })
    expect(text).toMatch(/^Click <b>here<\/b>\. Where(?: is|'s) my USB stick\?$/)
  })

  it('must be a text', async () => {
    await expect(texts.translate('Oui.', { context: 1 as never })).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  it('can be aborted while it is read', async () => {
    const controller = new AbortController()
    const open = texts.translate(sources, {
      context: 'Il était une fois un roi. '.repeat(5),
      signal: controller.signal,
    })
    controller.abort()
    await expect(open).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    expect((await texts.translate(sources[0], { context: 'Il était une fois un roi. '.repeat(5) })).text).not.toBe('')
  })
})
