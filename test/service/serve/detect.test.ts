import { describe, expect, it } from 'vitest'
import { detector } from '#dist/service/serve/detect.js'

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
