import { describe, expect, it } from 'vitest'
import { chooseModel } from '#dist/service/serve/models/choose-model.js'
import { detector } from '#dist/service/serve/models/detect.js'
import { detectedEach, detectSource, sourceOrTargetDetector } from '#dist/service/serve/models/detect-source.js'
import type { Models } from '#dist/service/serve/models/models.js'
import type { ServedModel } from '#dist/service/serve/models/served-model.js'
import { startServer } from './server.ts'

const languages = ['bn', 'en', 'fr', 'de', 'es', 'it', 'ru', 'ar', 'ja', 'zh', 'ko', 'sr', 'he']
const detect = detector(languages)

describe('the language of a text', () => {
  it('is none whose letters the text has not (LibreTranslate #902)', () => {
    for (const text of ['hello handsome', 'hello handsome man']) {
      const found = detect(text)
      expect(found.map(({ language }) => language)).not.toContain('bn')
      for (const { language } of found) expect(['en', 'fr', 'de', 'es', 'it', 'sr']).toContain(language)
    }
    expect(detect('আমি ভাত খাই')[0].language).toBe('bn')
    expect(detect('これは本です')[0].language).toBe('ja')
    expect(detect('Я студент, и я живу в Москве.')[0].language).toBe('ru')
  })

  it('is none that lacks a letter of the text', () => {
    const cyrillic = detector(['ru', 'uk', 'be', 'bg', 'sr'])
    const first = (text: string) => cyrillic(text)[0].language
    expect(first('Мы живём в Москве.')).toBe('ru')
    expect(first('Вона їде до Києва.')).toBe('uk')
    expect(first('Он је љубазан човек.')).toBe('sr')
    expect(cyrillic('Мы живём в Москве.').map(({ language }) => language)).not.toContain('uk')
  })

  it('is Italian where a word of English stands in Italian (LibreTranslate #508)', () => {
    expect(detect('La tua password non è corretta')[0].language).toBe('it')
  })

  it('has a probability from 0 to 1, the likeliest first, and is unknown for signs and numbers', () => {
    const found = detect('Je suis étudiant à Paris.')
    expect(found[0].language).toBe('fr')
    for (const [i, { confidence }] of found.entries()) {
      expect(confidence).toBeGreaterThanOrEqual(0)
      expect(confidence).toBeLessThanOrEqual(1)
      if (i) expect(confidence).toBeLessThanOrEqual(found[i - 1].confidence)
    }
    for (const text of ['', '12 + 3 = 15', '!!! ?']) expect(detect(text)).toEqual([])
  })
})

const side = (code: string) => ({ codes: [code], isTold: false })
const served = (source: string, target: string) =>
  ({ name: `${source}-${target}`, languages: { source: side(source), target: side(target) } }) as unknown as ServedModel

describe('the language of texts for models', () => {
  it('is Portuguese where the only model of it is that of Brazil, pb (LibreTranslate #934)', () => {
    const models = [served('en', 'pb'), served('pb', 'en')]
    for (const text of [
      'O gato está em cima da mesa.',
      'Eu gosto de falar com você.',
      'Onde fica a estação de comboios?',
    ]) {
      const found = detectSource(text, { models, target: 'en', pivot: undefined })!
      expect(found.language).toBe('pb')
      expect(found.confidence).toBeGreaterThan(0.9)
      expect(chooseModel({ list: models } as unknown as Models, { source: 'pt', target: 'en' }).model).toBe(models[1])
    }
    expect(sourceOrTargetDetector(models, 'pb')('O gato está em cima da mesa.')?.isTarget).toBe(true)
  })

  it('is Chinese in traditional script for zt', () => {
    const models = [served('zt', 'en'), served('fr', 'en')]
    expect(detectSource('你好，世界', { models, target: 'en', pivot: undefined })?.language).toBe('zt')
  })

  it('is told by each text; one that does not tell it has that of all together (LibreTranslate #119, #779)', async () => {
    const models = [served('fr', 'en'), served('it', 'en'), served('de', 'en')]
    const texts = ['Ciao, mi chiamo Carlo e ho 18 anni.', 'Je m’appelle Jessica.', 'Ich wohne in Berlin.', '12:30']
    const found = await detectedEach(texts, (text) => detectSource(text, { models, target: 'en', pivot: undefined }))
    expect(found.map((each) => each?.language)).toEqual(['it', 'fr', 'de', expect.stringMatching(/^(it|fr|de)$/)])
  })
})

describe('a server', () => {
  it('tells the language of each text with its probability, or unknown, at /v1/detect', async () => {
    await using server = await startServer({ texts: 5 })
    const ask = async (text: unknown) => (await server.post('/v1/detect', { text })).json
    const { detections } = await ask([
      'Je suis étudiant à Paris.',
      'Мы живём в Москве и любим этот город.',
      '12 + 3',
      '',
      'OK',
    ])
    expect(detections.map(({ language }: { language: string }) => language)).toEqual([
      'fr',
      'ru',
      'unknown',
      'unknown',
      'unknown',
    ])
    expect(detections[0].probability).toBeGreaterThan(0.9)
    expect(detections[0].candidates[0].language).toBe('fr')
    expect(detections[2]).toEqual({ language: 'unknown', probability: 0, candidates: [] })
    expect((await ask('hello handsome man')).detections[0].candidates).not.toContainEqual(
      expect.objectContaining({ language: 'bn' }),
    )
    expect((await server.post('/v1/detect', { text: 1 })).json.error.code).toBe('ERR_OPTION')
    expect((await server.post('/v1/detect', {})).json.error.code).toBe('ERR_OPTION')
  })

  it('tells in /v1/translate the language of each text whose source is auto', async () => {
    await using server = await startServer()
    const text = ['Je suis étudiant.', '123']
    const { json } = await server.post('/v1/translate', { text, source: 'auto', target: 'en' })
    expect(json.translations[0]).toMatchObject({
      text: 'I am a student.',
      detected: { language: 'fr', probability: 1 },
    })
    const { json: plain } = await server.post('/v1/translate', { text, target: 'en' })
    expect(plain.translations[0].detected).toBeUndefined()
    const events = await server.post(
      '/v1/translate',
      { text, source: 'auto', target: 'en' },
      { accept: 'application/x-ndjson' },
    )
    expect(events.text.split('\n').filter((line: string) => line.includes('"detected"'))).toHaveLength(2)
  })
})
